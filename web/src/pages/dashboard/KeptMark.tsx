// Says on a session's card that its last seconds are kept, and saves them.
import { useBlackBox, useSaveClip } from '../../api/blackbox';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Failure } from '../../ui/States';
import { useToast } from '../../ui/Toasts';

export function KeptMark({ session, name }: { session: number; name: string }) {
  const { t, number } = useWords();
  const tell = useToast();
  const { data } = useBlackBox();
  const save = useSaveClip();
  const kept = data?.sessions.find((one) => one.session === session);
  if (!data?.enabled || !kept || kept.state === 'off') return null;
  if (kept.state === 'unsupported') return <p className="small soft wrap">{t('blackbox.unsupported', { reason: kept.reason ?? '' })}</p>;
  return (
    <div className="stack tight" data-blackbox={kept.state}>
      <div className="row tight">
        <span className="badge bad">
          <span className="dot" />
          {t('blackbox.on')}
        </span>
        <p className="small soft grow figures">{kept.state === 'waiting' ? t('blackbox.waiting') : t('blackbox.held', { time: number(kept.held.span_ms / 1000), size: number(kept.held.bytes / 1e6, 1) })}</p>
        <Button small icon="download" isDisabled={save.isPending || kept.state !== 'recording'} aria-label={t('blackbox.saveNamed', { name })}
          onPress={() => save.mutate(session, { onSuccess: () => tell(t('blackbox.saving')) })}>
          {t('blackbox.save')}
        </Button>
      </div>
      {save.error && <Failure error={save.error} />}
    </div>
  );
}
