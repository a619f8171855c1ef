import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useDevices, useSessions, useUnpair, type Device } from '../../api/resources';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Confirm } from '../../ui/Dialog';
import { Page } from '../../ui/Page';
import { Empty, Failure, Loaded } from '../../ui/States';
import { useToast } from '../../ui/Toasts';
import { kGrants } from './access';
import { EditDevice } from './EditDevice';

export function DevicesPage() {
  const { t } = useWords();
  const devices = useDevices();
  const sessions = useSessions();
  const connected = new Set(sessions.data?.map((session) => session.fingerprint));
  return (
    <Page title={t('devices.title')} lead={t('devices.lead')}
      actions={
        <Link to="/pair" className="button">
          {t('dashboard.toPair')}
        </Link>
      }>
      <Loaded query={devices}>
        {(list) =>
          list.length === 0 ? (
            <Empty icon="devices" title={t('devices.none')}>
              <p>{t('devices.noneWhy')}</p>
            </Empty>
          ) : (
            <ul className="grid">
              {list.map((device) => (
                <li key={device.fingerprint}>
                  <DeviceCard device={device} connected={connected.has(device.fingerprint)} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Page>
  );
}

function Standing({ device, connected }: { device: Device; connected: boolean }) {
  const { t, ago, day } = useWords();
  if (device.expired) return <span className="badge bad">{t('devices.expired')}</span>;
  if (connected)
    return (
      <span className="badge good">
        <span className="dot" />
        {t('devices.connected')}
      </span>
    );
  if (device.expires_at_s !== null) return <span className="badge warn">{t('devices.expires', { time: day(new Date(device.expires_at_s * 1000)) })}</span>;
  return <span className="badge">{device.last_seen_s === null ? t('devices.neverSeen') : t('devices.seen', { time: ago(new Date(device.last_seen_s * 1000)) })}</span>;
}

function DeviceCard({ device, connected }: { device: Device; connected: boolean }) {
  const { t, word, day } = useWords();
  const [open, setOpen] = useState<'edit' | 'unpair'>();
  const may =
    device.grants.length === kGrants.length ? t('devices.all') : device.grants.length === 0 ? t('devices.nothing') : device.grants.map((grant) => word('grant', grant)).join(', ');
  return (
    <article className="card stack" aria-label={device.name} data-device={device.fingerprint}>
      <div className="row">
        <div className="grow">
          <h2 className="wrap">{device.name}</h2>
          <p className="small soft">{word('devices', device.kind)}</p>
        </div>
        <Standing device={device} connected={connected} />
      </div>
      <dl className="facts">
        <dt>{t('devices.may')}</dt>
        <dd>{may}</dd>
        <dt>{t('devices.paired')}</dt>
        <dd>{day(new Date(device.paired_at_s * 1000))}</dd>
        <dt>{t('devices.fingerprint')}</dt>
        <dd className="mono" title={device.fingerprint}>{`${device.fingerprint.slice(0, 16)}…`}</dd>
      </dl>
      <div className="row tight">
        <Button small icon="edit" onPress={() => setOpen('edit')} aria-label={t('devices.editNamed', { name: device.name })}>
          {t('devices.edit')}
        </Button>
        <Button small look="danger" icon="remove" onPress={() => setOpen('unpair')} aria-label={t('devices.unpairNamed', { name: device.name })}>
          {t('devices.unpair')}
        </Button>
      </div>
      {open === 'edit' && <EditDevice fingerprint={device.fingerprint} name={device.name} onClose={() => setOpen(undefined)} />}
      {open === 'unpair' && <Unpair device={device} onClose={() => setOpen(undefined)} />}
    </article>
  );
}

function Unpair({ device, onClose }: { device: Device; onClose: () => void }) {
  const { t } = useWords();
  const unpair = useUnpair();
  const tell = useToast();
  const done = () => {
    tell(t('devices.unpaired', { name: device.name }));
    onClose();
  };
  return (
    <Confirm title={t('devices.unpairTitle', { name: device.name })} action={t('devices.unpair')} busy={unpair.isPending} onClose={onClose}
      error={unpair.error && <Failure error={unpair.error} />} onConfirm={() => unpair.mutate(device.fingerprint, { onSuccess: done })}>
      <p className="soft">{t('devices.unpairWhy')}</p>
    </Confirm>
  );
}
