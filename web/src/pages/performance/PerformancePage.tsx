import { useState } from 'react';
import { useFigures, useRecordings, useTimeline } from '../../api/recordings';
import { useDevices, useSessions, type Session } from '../../api/resources';
import { useWords } from '../../messages';
import { Select } from '../../ui/Field';
import { Page } from '../../ui/Page';
import { Empty, Loaded } from '../../ui/States';
import { BlackBox } from './BlackBox';
import { Recorder } from './Recorder';
import { Recordings } from './Recordings';
import { Report } from './Report';

const kShownSamples = 60;

export function PerformancePage() {
  const { t } = useWords();
  const sessions = useSessions();
  const recordings = useRecordings();
  return (
    <Page title={t('performance.title')} lead={t('performance.lead')}>
      <section className="stack" aria-labelledby="live">
        <h2 id="live">{t('performance.live')}</h2>
        <Loaded query={sessions}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon="performance" title={t('dashboard.nobody')}>
                <p>{t('performance.nobodyWhy')}</p>
              </Empty>
            ) : (
              <Live sessions={list} />
            )
          }
        </Loaded>
      </section>
      <BlackBox />
      <section className="stack" aria-labelledby="recordings">
        <h2 id="recordings">{t('performance.recordings')}</h2>
        <Loaded query={recordings}>{(list) => <Recordings recordings={list} />}</Loaded>
      </section>
    </Page>
  );
}

function Live({ sessions }: { sessions: Session[] }) {
  const { t } = useWords();
  const devices = useDevices();
  const [chosen, setChosen] = useState<string>();
  const session = sessions.find((one) => String(one.number) === chosen) ?? sessions[0];
  const nameOf = (one: Session) => devices.data?.find((device) => device.fingerprint === one.fingerprint)?.name ?? one.device;
  if (!session) return null;
  const options = sessions.map((one) => ({ id: String(one.number), label: nameOf(one) }));
  return (
    <>
      <div className="row">
        {sessions.length > 1 && <Select label={t('performance.session')} hideLabel value={String(session.number)} options={options} onChange={setChosen} />}
        <Recorder key={session.number} session={session} />
      </div>
      <LiveReport key={session.number} session={session.number} />
    </>
  );
}

function LiveReport({ session }: { session: number }) {
  const figures = useFigures(session);
  const timeline = useTimeline(session);
  return <Loaded query={figures}>{(now) => <Report figures={now} rows={timeline.data} capacity={kShownSamples} />}</Loaded>;
}
