// What an operator can change of a session while it runs.
import { useState } from 'react';
import { useForceKeyframe, useSteer, type Session } from '../../api/resources';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Select, TextField } from '../../ui/Field';
import { Failure } from '../../ui/States';
import { useToast } from '../../ui/Toasts';
import { bitrateOf, kCommonModes, wishesOf } from './steering';

const kOther = 'other';

export function Steer({ session, name, onClose }: { session: Session; name: string; onClose: () => void }) {
  const { t } = useWords();
  const tell = useToast();
  const steer = useSteer();
  const refresh = useForceKeyframe();
  const [mode, setMode] = useState(session.mode);
  const [typing, setTyping] = useState(false);
  const [rate, setRate] = useState(String(session.bitrate_kbps));
  const locked = session.mode_locked ?? (session.joins === null ? null : t('steer.joins', { session: String(session.joins) }));
  const wishes = wishesOf(session, { mode, rate });
  const options = [...new Set([session.mode, ...kCommonModes])].map((id) => ({ id, label: id }));
  const done = (sentence: string) => () => {
    tell(sentence);
    onClose();
  };
  return (
    <Dialog title={t('steer.title', { name })} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (wishes) steer.mutate({ session: session.number, ...wishes }, { onSuccess: done(t('steer.done')) });
        }}
      >
        {typing ? (
          <TextField label={t('steer.mode')} value={mode} onChange={setMode} maxLength={24} autoComplete="off" autoFocus hint={t('steer.modeHint')} />
        ) : (
          <Select label={t('steer.mode')} value={mode} isDisabled={locked !== null} options={[...options, { id: kOther, label: t('steer.other') }]}
            onChange={(id) => (id === kOther ? setTyping(true) : setMode(id))} />
        )}
        {locked !== null && <p className="hint wrap">{locked}</p>}
        <TextField label={t('steer.rate')} value={rate} onChange={setRate} inputMode="numeric" maxLength={7} autoComplete="off" hint={t('steer.rateHint')}
          error={bitrateOf(rate) === undefined ? t('steer.rateWrong') : undefined} />
        {(steer.error ?? refresh.error) && <Failure error={steer.error ?? refresh.error} />}
        <div className="actions">
          <Button icon="refresh" onPress={() => refresh.mutate(session.number, { onSuccess: done(t('steer.refreshed')) })} isDisabled={refresh.isPending}>
            {t('steer.refresh')}
          </Button>
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={steer.isPending || wishes === null}>
            {t('steer.apply')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
