// The form for a device. Only what was changed is saved (change.ts), with the tag of what it began with.
import { useState } from 'react';
import { fetchDevice, useChangeDevice, type Device, type DeviceChange } from '../../api/resources';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Select, TextField } from '../../ui/Field';
import { Failure } from '../../ui/States';
import { Conflict, LoadTagged, wasFaster, type Tagged } from '../../ui/Tagged';
import { useToast } from '../../ui/Toasts';
import { ExpiryChoice, GrantChoice, kExpiries, kGrants, type Expiry, type Grant } from './access';
import { changeOf } from './change';

const kMaxNameLength = 64;
const kPlayOn = ['default', 'client', 'both', 'host'] as const;
const kChoices = ['keep', 'never', 'hour', 'day', 'week', 'month'] as const;

export function EditDevice({ fingerprint, name, onClose }: { fingerprint: string; name: string; onClose: () => void }) {
  const { t } = useWords();
  return (
    <Dialog title={t('devices.editTitle', { name })} onClose={onClose}>
      <LoadTagged fetch={() => fetchDevice(fingerprint)}>
        {(base, takeTheirs) => <Form base={base} onTakeTheirs={takeTheirs} onClose={onClose} />}
      </LoadTagged>
    </Dialog>
  );
}

function Form({ base, onTakeTheirs, onClose }: { base: Tagged<Device>; onTakeTheirs: (theirs: Tagged<Device>) => void; onClose: () => void }) {
  const { t } = useWords();
  const tell = useToast();
  const save = useChangeDevice();
  const [name, setName] = useState(base.value.name);
  const [grants, setGrants] = useState<Grant[]>(base.value.grants);
  const [expiry, setExpiry] = useState<Expiry | 'keep'>('keep');
  const [playOn, setPlayOn] = useState(base.value.play_on);
  const [theirs, setTheirs] = useState<Tagged<Device>>();

  const change: DeviceChange = changeOf(base.value, { name, grants, playOn, ...(expiry === 'keep' ? {} : { expiresInS: kExpiries[expiry] }) });
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
          if (wasFaster(error)) fetchDevice(base.value.fingerprint).then(setTheirs, () => {});
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
      <div className="fields">
        <ExpiryChoice value={expiry} choices={kChoices} onChange={setExpiry} />
        <Select label={t('playOn.label')} value={playOn ?? 'default'} options={kPlayOn.map((id) => ({ id, label: t(`playOn.${id}`) }))}
          onChange={(id) => setPlayOn(id === 'default' ? null : (id as NonNullable<Device['play_on']>))} />
      </div>
      {theirs ? (
        <Theirs theirs={theirs.value} onKeepMine={() => submit(theirs.tag)} onTakeTheirs={() => onTakeTheirs(theirs)} />
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

function Theirs({ theirs, onKeepMine, onTakeTheirs }: { theirs: Device; onKeepMine: () => void; onTakeTheirs: () => void }) {
  const { t, word } = useWords();
  const may = theirs.grants.length === kGrants.length ? t('devices.all') : theirs.grants.map((grant) => word('grant', grant)).join(', ') || t('devices.nothing');
  const facts = [
    [t('devices.name'), theirs.name],
    [t('devices.may'), may],
    [t('playOn.label'), t(`playOn.${theirs.play_on ?? 'default'}`)],
  ] as const;
  return <Conflict sentence={t('devices.conflict')} facts={facts} onKeepMine={onKeepMine} onTakeTheirs={onTakeTheirs} />;
}
