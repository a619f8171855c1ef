// Says that a session's pictures are being recorded, whoever began that, and why a part of it is not saved yet.
import type { Session } from '../api/resources';
import { useWords } from '../messages';

export function RecordedMark({ recording }: { recording: NonNullable<Session['recording']> }) {
  const { t, duration } = useWords();
  return (
    <>
      <span className="badge bad">
        <span className="dot" />
        {t('performance.recordedFor', { time: duration(recording.elapsed_s) })}
      </span>
      {recording.problem && <p className="small soft wrap">{t('performance.partWaits', { reason: recording.problem })}</p>}
    </>
  );
}
