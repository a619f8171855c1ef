import { useState } from 'react';
import { useStopSession, type Session } from '../../api/resources';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Confirm } from '../../ui/Dialog';
import { Failure } from '../../ui/States';
import { Mode } from '../../ui/Mode';
import { RecordedMark } from '../../ui/RecordedMark';
import { KeptMark } from './KeptMark';
import { Steer } from './Steer';
import { StillView } from './StillView';
import { Vitals } from './Vitals';

const kLook: Record<Session['state'], string> = { starting: 'accent', streaming: 'good', ending: '', lingering: 'warn' };

// `name`: what the device is called here, which is not always what it calls itself.
export function SessionCard({ session, name }: { session: Session; name: string }) {
  const { t, word, number, duration } = useWords();
  const [open, setOpen] = useState<'steer' | 'stop'>();
  const close = () => setOpen(undefined);
  return (
    <article className="card stack" aria-label={name} data-session={session.number}>
      <div className="row">
        <div className="grow">
          <h3 className="wrap">{name}</h3>
          <p className="small soft wrap">{session.address}</p>
        </div>
        <span className={`badge ${kLook[session.state]}`}>
          <span className="dot" />
          {word('session', session.state)}
        </span>
      </div>
      {(session.state === 'streaming' || session.state === 'lingering') && <StillView session={session.number} name={name} />}
      <dl className="numbers">
        <div>
          <dt>{t('session.mode')}</dt>
          <dd>
            <Mode mode={session.mode} />
          </dd>
        </div>
        <div>
          <dt>{t('session.rate')}</dt>
          <dd>
            {number(session.bitrate_kbps / 1000, 1)} <small>Mbit/s</small>
          </dd>
        </div>
        <div>
          <dt>{t('session.since')}</dt>
          <dd>{duration(session.duration_s)}</dd>
        </div>
      </dl>
      {session.state === 'streaming' && <Vitals session={session.number} />}
      {session.recording && (
        <div className="row tight">
          <RecordedMark recording={session.recording} />
        </div>
      )}
      <KeptMark session={session.number} name={name} />
      <div className="row tight">
        {session.state === 'streaming' && (
          <Button small icon="settings" onPress={() => setOpen('steer')} aria-label={t('steer.openNamed', { name })}>
            {t('steer.open')}
          </Button>
        )}
        <Button look="danger" small icon="stop" onPress={() => setOpen('stop')} aria-label={t('session.stopNamed', { name })}>
          {t('session.stop')}
        </Button>
      </div>
      {open === 'steer' && <Steer session={session} name={name} onClose={close} />}
      {open === 'stop' && <StopSession session={session.number} name={name} onClose={close} />}
    </article>
  );
}

function StopSession({ session, name, onClose }: { session: number; name: string; onClose: () => void }) {
  const { t } = useWords();
  const stop = useStopSession();
  return (
    <Confirm title={t('session.stopTitle', { name })} action={t('session.stop')} busy={stop.isPending} onClose={onClose}
      error={stop.error && <Failure error={stop.error} />} onConfirm={() => stop.mutate(session, { onSuccess: onClose })}>
      <p className="soft">{t('session.stopWhy')}</p>
    </Confirm>
  );
}
