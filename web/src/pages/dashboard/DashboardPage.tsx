import { Link } from '@tanstack/react-router';
import { useDevices, useHealth, useHost, useSessions, type Session } from '../../api/resources';
import { useWords } from '../../messages';
import { Icon } from '../../ui/Icon';
import { Page } from '../../ui/Page';
import { Empty, Loaded } from '../../ui/States';
import { Health } from './Health';
import { SessionCard } from './SessionCard';

export function DashboardPage() {
  const { t, duration } = useWords();
  const host = useHost();
  const sessions = useSessions();
  const health = useHealth();
  const devices = useDevices();
  const nameOf = (session: Session) => devices.data?.find((device) => device.fingerprint === session.fingerprint)?.name ?? session.device;
  // Asked seldom; the sessions, which are asked often, draw the page anew.
  const up = host.data && host.data.uptime_s + (Date.now() - host.dataUpdatedAt) / 1000;
  return (
    <Page title={t('dashboard.title')} lead={host.data && up !== undefined && t('dashboard.lead', { name: host.data.name, time: duration(up) })}>
      {host.data?.open && (
        <div className="notice warn">
          <Icon name="warning" />
          <p>{t('dashboard.open')}</p>
        </div>
      )}
      <section className="stack" aria-labelledby="sessions">
        <h2 id="sessions">{t('dashboard.sessions')}</h2>
        <Loaded query={sessions}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon="displays" title={t('dashboard.nobody')}>
                <p>{t('dashboard.nobodyWhy')}</p>
                <Link to="/pair" className="button">
                  {t('dashboard.toPair')}
                </Link>
              </Empty>
            ) : (
              <ul className="grid sessions">
                {list.map((session) => (
                  <li key={session.number}>
                    <SessionCard session={session} name={nameOf(session)} />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </section>
      <section className="stack" aria-labelledby="health">
        <h2 id="health">{t('health.title')}</h2>
        <Loaded query={health}>{(parts) => <Health parts={parts} />}</Loaded>
      </section>
    </Page>
  );
}
