import { useDoctor, useStartDoctor, type Doctor, type Rung } from '../../api/doctor';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Icon, type IconName } from '../../ui/Icon';
import { Page } from '../../ui/Page';
import { Failure, Loaded } from '../../ui/States';

export function DoctorPage() {
  const { t } = useWords();
  const doctor = useDoctor();
  const start = useStartDoctor();
  const running = doctor.data?.running ?? false;
  return (
    <Page title={t('doctor.title')} lead={t('doctor.lead')}
      actions={
        <Button look="primary" icon="doctor" onPress={() => start.mutate()} isDisabled={running || start.isPending}>
          {t(running ? 'doctor.running' : 'doctor.start')}
        </Button>
      }>
      {start.error && <Failure error={start.error} />}
      <Loaded query={doctor}>
        {(now) => (
          <>
            <Verdict doctor={now} />
            <ol className="card rows ladder">
              {now.rungs.map((rung) => (
                <li key={rung.name} data-rung={rung.name} data-state={rung.state}>
                  <RungRow rung={rung} />
                </li>
              ))}
            </ol>
          </>
        )}
      </Loaded>
    </Page>
  );
}

const kVerdicts = { ok: ['good', 'check'], warning: ['warn', 'warning'], failed: ['bad', 'warning'] } as const;

function Verdict({ doctor }: { doctor: Doctor }) {
  const { t, day } = useWords();
  const done = doctor.rungs.filter((rung) => rung.state !== 'waiting' && rung.state !== 'running').length;
  if (doctor.running)
    return (
      <div className="stack tight" role="status">
        <p className="figures">{t('doctor.progress', { done, all: doctor.rungs.length })}</p>
        <div className="countdown" aria-hidden="true">
          <span style={{ width: `${(100 * done) / Math.max(1, doctor.rungs.length)}%` }} />
        </div>
      </div>
    );
  if (doctor.verdict === null) return <p className="soft">{t('doctor.never')}</p>;
  const [look, icon] = kVerdicts[doctor.verdict];
  return (
    <div className={`notice ${look}`} role="status">
      <Icon name={icon} />
      <p>
        {t(`doctor.verdict.${doctor.verdict}`)} {doctor.started_at_s !== null && <span className="small soft">{day(new Date(doctor.started_at_s * 1000))}</span>}
      </p>
    </div>
  );
}

const kMarks: Record<Rung['state'], { look: string; icon: IconName }> = {
  waiting: { look: '', icon: 'more' },
  running: { look: 'accent', icon: 'refresh' },
  ok: { look: 'good', icon: 'check' },
  warning: { look: 'warn', icon: 'warning' },
  failed: { look: 'bad', icon: 'close' },
  skipped: { look: '', icon: 'more' },
};

function RungRow({ rung }: { rung: Rung }) {
  const { t, number } = useWords();
  const { look, icon } = kMarks[rung.state];
  return (
    <div className="rung">
      <span className={`rung-mark badge ${look}`}>
        <Icon name={icon} size={16} />
      </span>
      <div className="stack tight">
        <h2 className="wrap">{rung.checks}</h2>
        {rung.what && <p className="small soft wrap">{rung.what}</p>}
        {rung.fix && (
          <p className="small wrap">
            {t('doctor.fix')} <code>{rung.fix}</code>
          </p>
        )}
      </div>
      <span className="small soft figures rung-state">
        {t(`doctor.state.${rung.state}`)}
        {rung.took_ms > 0 && ` · ${number(rung.took_ms / 1000, 2)} s`}
      </span>
    </div>
  );
}
