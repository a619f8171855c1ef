// The PIN: asked for, shown large until it is used or over, and what came of it.
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { useArmedPin, useArmPairing, useDisarmPairing, type ArmedPin } from '../../api/resources';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Select } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { QrCode } from '../../ui/QrCode';
import { Failure } from '../../ui/States';
import { ExpiryChoice, GrantChoice, kExpiries, kGrants, type Expiry, type Grant } from '../devices/access';
import { connectLink } from './link';
import { useCountdown } from './useCountdown';

type Pairing = Schemas['Pairing'];

const kLifetimesS = [60, 120, 300, 900];
const kDefaultLifetimeS = 120;
const kExpiryChoices = ['never', 'hour', 'day', 'week', 'month'] as const;

export function NewDevice({ pairing, host }: { pairing: Pairing; host: Schemas['Host'] | undefined }) {
  const { t } = useWords();
  const pin = useArmedPin();
  // Ours, when this is the arming whose PIN we were told.
  const shown = pin && pairing.armed?.arming === pin.arming ? pin : null;
  return (
    <section className="card stack" aria-labelledby="new-device">
      <h2 id="new-device">{t('pair.new')}</h2>
      {shown ? (
        <ShownPin pin={shown} host={host} />
      ) : (
        <>
          <Outcome pairing={pairing} pin={pin} />
          {pairing.armed && (
            <div className="notice">
              <Icon name="pair" />
              <p>{t('pair.elsewhere')}</p>
            </div>
          )}
          <ArmForm again={pairing.armed !== null || pin !== null} />
        </>
      )}
    </section>
  );
}

function Outcome({ pairing, pin }: { pairing: Pairing; pin: ArmedPin | null }) {
  const { t } = useWords();
  if (!pin || pairing.armed?.arming === pin.arming) return null;
  const last = pairing.last?.arming === pin.arming ? pairing.last : null;
  if (last?.outcome === 'paired')
    return (
      <div className="notice good" role="status">
        <Icon name="check" />
        <p className="wrap grow">{t('pair.paired', { name: last.name })}</p>
        <Link to="/devices">{t('pair.toDevices')}</Link>
      </div>
    );
  return (
    <div className="notice warn" role="status">
      <Icon name="warning" />
      <p>{t(last ? `pair.${last.outcome}` : 'pair.ranOut')}</p>
    </div>
  );
}

function ShownPin({ pin, host }: { pin: ArmedPin; host: Schemas['Host'] | undefined }) {
  const { t, duration } = useWords();
  const disarm = useDisarmPairing();
  const left = useCountdown(pin.until);
  return (
    <div className="shown-pin">
      <div className="stack">
        <p className="pin" aria-label={t('pair.pinLabel', { pin: pin.pin.split('').join(' ') })} role="img" data-pin={pin.pin}>
          {pin.pin}
        </p>
        {left !== null && pin.lifetimeS !== null && (
          <div className="stack tight">
            <div className="countdown" aria-hidden="true">
              <span style={{ width: `${(100 * left) / pin.lifetimeS}%` }} />
            </div>
            <p className="small soft figures">{t('pair.left', { time: duration(left) })}</p>
          </div>
        )}
        {disarm.error && <Failure error={disarm.error} />}
        <div>
          <Button onPress={() => disarm.mutate(undefined)} isDisabled={disarm.isPending}>
            {t('pair.disarm')}
          </Button>
        </div>
      </div>
      {host && (
        <figure className="row">
          <QrCode text={connectLink(host, location.hostname)} label={t('pair.qrLabel')} />
          <figcaption className="small soft grow qr-words">{t('pair.qr')}</figcaption>
        </figure>
      )}
    </div>
  );
}

function ArmForm({ again }: { again: boolean }) {
  const { t, duration } = useWords();
  const arm = useArmPairing();
  const [lifetime, setLifetime] = useState(kDefaultLifetimeS);
  const [grants, setGrants] = useState<Grant[]>([...kGrants]);
  const [expiry, setExpiry] = useState<Expiry>('never');
  const submit = () =>
    arm.mutate({
      lifetime_s: lifetime,
      ...(grants.length === kGrants.length ? {} : { grants }),
      ...(expiry === 'never' ? {} : { expires_in_s: kExpiries[expiry] }),
    });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p className="soft">{t('pair.newWhy')}</p>
      <GrantChoice grants={grants} onChange={setGrants} />
      <div className="fields">
        <ExpiryChoice value={expiry} choices={kExpiryChoices} onChange={setExpiry} />
        <Select label={t('pair.for')} value={String(lifetime)} options={kLifetimesS.map((seconds) => ({ id: String(seconds), label: duration(seconds) }))} onChange={(id) => setLifetime(Number(id))} />
      </div>
      {arm.error && <Failure error={arm.error} />}
      <div>
        <Button look="primary" type="submit" isDisabled={arm.isPending}>
          {t(again ? 'pair.again' : 'pair.arm')}
        </Button>
      </div>
    </form>
  );
}
