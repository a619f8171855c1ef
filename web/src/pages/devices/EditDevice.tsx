// The form for a device. It begins with what the host has now and saves only what was changed, with the tag of what it began
// with: when somebody else was faster, both are shown and the person decides.
import { useEffect, useState } from 'react';
import { ApiError } from '../../api/client';
import { fetchDevice, useChangeDevice, type Device, type DeviceChange } from '../../api/resources';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { TextField } from '../../ui/Field';
import { Failure, Skeleton } from '../../ui/States';
import { useToast } from '../../ui/Toasts';
import { ExpiryChoice, GrantChoice, kExpiries, kGrants, type Expiry, type Grant } from './access';
import { changeOf } from './change';

const kMaxNameLength = 64;
const kChoices = ['keep', 'never', 'hour', 'day', 'week', 'month'] as const;

interface Tagged {
  value: Device;
  tag: string;
}

export function EditDevice({ fingerprint, name, onClose }: { fingerprint: string; name: string; onClose: () => void }) {
  const { t } = useWords();
  const [base, setBase] = useState<Tagged>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    setError(undefined);
    fetchDevice(fingerprint).then(setBase, setError);
  }, [fingerprint, attempt]);
  return (
    <Dialog title={t('devices.editTitle', { name })} onClose={onClose}>
      {base ? <Form key={base.tag} base={base} onTakeTheirs={setBase} onClose={onClose} /> : error ? <Failure error={error} onRetry={() => setAttempt(attempt + 1)} /> : <Skeleton lines={2} />}
    </Dialog>
  );
}

function Form({ base, onTakeTheirs, onClose }: { base: Tagged; onTakeTheirs: (theirs: Tagged) => void; onClose: () => void }) {
  const { t } = useWords();
  const tell = useToast();
  const save = useChangeDevice();
  const [name, setName] = useState(base.value.name);
  const [grants, setGrants] = useState<Grant[]>(base.value.grants);
  const [expiry, setExpiry] = useState<Expiry | 'keep'>('keep');
  const [theirs, setTheirs] = useState<Tagged>();

  const change: DeviceChange = changeOf(base.value, { name, grants, ...(expiry === 'keep' ? {} : { expiresInS: kExpiries[expiry] }) });
  const submit = (tag: string) => {
    if (Object.keys(change).length === 0) return onClose();
    save.mutate(
      { device: base.value.fingerprint, tag, change },
      {
        onSuccess: (device) => {
          tell(t('devices.saved', { name: device.name }));
          onClose();
        },
        onError: (error) => {
          if (error instanceof ApiError && error.status === 412) fetchDevice(base.value.fingerprint).then(setTheirs, () => {});
        },
      },
    );
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        submit(base.tag);
      }}
    >
      <TextField label={t('devices.name')} value={name} onChange={setName} maxLength={kMaxNameLength} autoFocus error={name.trim() === '' ? t('devices.nameEmpty') : undefined} />
      <GrantChoice grants={grants} onChange={setGrants} />
      <ExpiryChoice value={expiry} choices={kChoices} onChange={setExpiry} />
      {theirs ? (
        <Conflict theirs={theirs.value} onKeepMine={() => submit(theirs.tag)} onTakeTheirs={() => onTakeTheirs(theirs)} />
      ) : (
        <>
          {save.error && <Failure error={save.error} />}
          <div className="actions">
            <Button onPress={onClose}>{t('action.cancel')}</Button>
            <Button look="primary" type="submit" isDisabled={save.isPending || name.trim() === ''}>
              {t('action.save')}
            </Button>
          </div>
        </>
      )}
    </form>
  );
}

function Conflict({ theirs, onKeepMine, onTakeTheirs }: { theirs: Device; onKeepMine: () => void; onTakeTheirs: () => void }) {
  const { t, word } = useWords();
  const may = theirs.grants.length === kGrants.length ? t('devices.all') : theirs.grants.map((grant) => word('grant', grant)).join(', ') || t('devices.nothing');
  return (
    <div className="notice warn" role="alert">
      <div className="stack grow">
        <p>{t('devices.conflict')}</p>
        <dl className="facts">
          <dt>{t('devices.name')}</dt>
          <dd>{theirs.name}</dd>
          <dt>{t('devices.may')}</dt>
          <dd>{may}</dd>
        </dl>
        <div className="row tight">
          <Button small onPress={onTakeTheirs}>
            {t('devices.takeTheirs')}
          </Button>
          <Button small onPress={onKeepMine}>
            {t('devices.keepMine')}
          </Button>
        </div>
      </div>
    </div>
  );
}
