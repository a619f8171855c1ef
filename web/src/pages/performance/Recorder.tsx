import { useQuery, useQueryClient } from '@tanstack/react-query';
import { keys } from '../../api/keys';
import { useSaveRecording, useStartRecording, useStopRecording } from '../../api/recordings';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Failure } from '../../ui/States';
import { useToast } from '../../ui/Toasts';

// Since when this page records the session; the host does not say it, so it is kept while one looks at another page.
function useRecordingSince(session: number): [Date | null, (since: Date | null) => void] {
  const queries = useQueryClient();
  const queryKey = keys.recordingSince(session);
  const { data } = useQuery<Date | null>({ queryKey, queryFn: () => null, enabled: false, gcTime: Infinity });
  return [data ?? null, (since) => queries.setQueryData(queryKey, since)];
}

export function Recorder({ session }: { session: number }) {
  const { t, clock } = useWords();
  const tell = useToast();
  const save = useSaveRecording();
  const start = useStartRecording();
  const stop = useStopRecording();
  const [since, setSince] = useRecordingSince(session);
  const error = save.error ?? start.error ?? stop.error;
  const saved = () => tell(t('performance.saved'));
  return (
    <>
      {since ? (
        <>
          <Button look="primary" icon="stop" isDisabled={stop.isPending} onPress={() => stop.mutate(session, { onSuccess: saved, onSettled: () => setSince(null) })}>
            {t('performance.stop')}
          </Button>
          <span className="badge bad" role="status">
            <span className="dot" />
            {t('performance.since', { time: clock(since) })}
          </span>
        </>
      ) : (
        <Button look="primary" icon="record" isDisabled={start.isPending} onPress={() => start.mutate(session, { onSuccess: () => setSince(new Date()) })}>
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
