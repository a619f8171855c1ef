// A Moonlight client shows the PIN, and it is typed here.
import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { useEnterPin } from '../../api/resources';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Select, TextField } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Failure } from '../../ui/States';

type Pin = Schemas['WaitingPin'];

export function Moonlight({ pins, last, served }: { pins: Pin[]; last: Schemas['Pairing']['last_pin']; served: boolean | undefined }) {
  const { t } = useWords();
  const enter = useEnterPin();
  const ticket = enter.data?.ticket;
  return (
    <section className="card stack" aria-labelledby="moonlight">
      <h2 id="moonlight">{t('pair.moonlight')}</h2>
      {ticket !== undefined && <Sent last={last?.ticket === ticket ? last : null} />}
      {served === false ? (
        <p className="soft">{t('pair.moonlightOff')}</p>
      ) : pins.length === 0 ? (
        <p className="soft">{t('pair.moonlightNobody')}</p>
      ) : (
        <PinForm pins={pins} enter={enter} />
      )}
    </section>
  );
}

function Sent({ last }: { last: Schemas['Pairing']['last_pin'] }) {
  const { t } = useWords();
  if (!last)
    return (
      <div className="notice" role="status">
        <p>{t('pair.moonlightSent')}</p>
      </div>
    );
  const good = last.outcome === 'paired';
  return (
    <div className={`notice ${good ? 'good' : 'warn'}`} role="status">
      <Icon name={good ? 'check' : 'warning'} />
      <p className="wrap">{good ? t('pair.paired', { name: last.name }) : last.why || t(`pair.${last.outcome}`)}</p>
    </div>
  );
}

function PinForm({ pins, enter }: { pins: Pin[]; enter: ReturnType<typeof useEnterPin> }) {
  const { t } = useWords();
  const [pin, setPin] = useState('');
  const [name, setName] = useState('');
  const [which, setWhich] = useState('');
  const chosen = pins.find((waiting) => waiting.fingerprint === which) ?? pins[0];
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen) enter.mutate({ pin, device: chosen.fingerprint, ...(name.trim() === '' ? {} : { name: name.trim() }) }, { onSuccess: () => setPin('') });
      }}
    >
      <p className="soft">{t('pair.moonlightWhy')}</p>
      {pins.length > 1 && chosen && (
        <Select label={t('pair.moonlightWhich')} value={chosen.fingerprint} options={pins.map((waiting) => ({ id: waiting.fingerprint, label: waiting.from }))} onChange={setWhich} />
      )}
      <div className="fields">
        <TextField label={t('pair.moonlightPin')} value={pin} onChange={setPin} inputMode="numeric" maxLength={4} autoComplete="off" />
        <TextField label={t('pair.moonlightName')} value={name} onChange={setName} maxLength={64} autoComplete="off" />
      </div>
      {enter.error && <Failure error={enter.error} />}
      <div>
        <Button look="primary" type="submit" isDisabled={enter.isPending || !/^\d{4}$/.test(pin)}>
          {t('pair.moonlightEnter')}
        </Button>
      </div>
    </form>
  );
}
