import { useSaveRecording, useStartRecording, useStopRecording } from '../../api/recordings';
import type { Session } from '../../api/resources';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { RecordedMark } from '../../ui/RecordedMark';
import { Failure } from '../../ui/States';
import { useToast } from '../../ui/Toasts';

export function Recorder({ session: { number: session, recording } }: { session: Session }) {
  const { t } = useWords();
  const tell = useToast();
  const save = useSaveRecording();
  const start = useStartRecording();
  const stop = useStopRecording();
  const error = save.error ?? start.error ?? stop.error;
  const saved = () => tell(t('performance.saved'));
  return (
    <>
      {recording ? (
        <>
          <Button look="primary" icon="stop" isDisabled={stop.isPending} onPress={() => stop.mutate(session, { onSuccess: saved })}>
            {t('performance.stop')}
          </Button>
          <RecordedMark recording={recording} />
        </>
      ) : (
        <Button look="primary" icon="record" isDisabled={start.isPending} onPress={() => start.mutate(session)}>
          {t('performance.record')}
        </Button>
      )}
      <Button icon="download" isDisabled={save.isPending} onPress={() => save.mutate(session, { onSuccess: saved })}>
        {t('performance.save')}
      </Button>
      {error && <Failure error={error} />}
    </>
  );
}
