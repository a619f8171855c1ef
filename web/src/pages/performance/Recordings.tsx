import { useState } from 'react';
import { perfettoAddress, useDeleteRecording, useRecording, useRecordingFigures, type SavedRecording } from '../../api/recordings';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Confirm } from '../../ui/Dialog';
import { Icon } from '../../ui/Icon';
import { Failure, Loaded } from '../../ui/States';
import { Report } from './Report';

export function Recordings({ recordings }: { recordings: SavedRecording[] }) {
  const { t } = useWords();
  if (recordings.length === 0) return <p className="soft">{t('performance.noRecordings')}</p>;
  return (
    <ul className="card rows">
      {recordings.map((recording) => (
        <li key={recording.id}>
          <RecordingRow recording={recording} />
        </li>
      ))}
    </ul>
  );
}

function RecordingRow({ recording }: { recording: SavedRecording }) {
  const { t, day, number } = useWords();
  const [open, setOpen] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const name = day(new Date(recording.saved_at_s * 1000));
  return (
    <article className="stack" aria-label={name} data-recording={recording.id}>
      <div className="row">
        <div className="grow">
          <h3>{name}</h3>
          <p className="small soft">{t('performance.ofSession', { session: recording.session, size: number(recording.bytes / 1e6, 2) })}</p>
        </div>
        <div className="row tight">
          <Button small icon="performance" onPress={() => setOpen(!open)} aria-expanded={open}>
            {t(open ? 'performance.fold' : 'performance.open')}
          </Button>
          <a className="button small" href={perfettoAddress(recording.id)} download>
            <Icon name="download" size={18} />
            {t('performance.perfetto')}
          </a>
          <Button small look="danger" icon="remove" onPress={() => setDeleting(true)} aria-label={t('performance.deleteNamed', { name })} />
        </div>
      </div>
      {open && <OpenRecording recording={recording.id} />}
      {deleting && <DeleteRecording recording={recording.id} name={name} onClose={() => setDeleting(false)} />}
    </article>
  );
}

function OpenRecording({ recording }: { recording: string }) {
  const figures = useRecordingFigures(recording);
  const rows = useRecording(recording);
  return <Loaded query={figures}>{(told) => <Report figures={told} rows={rows.data} />}</Loaded>;
}

function DeleteRecording({ recording, name, onClose }: { recording: string; name: string; onClose: () => void }) {
  const { t } = useWords();
  const remove = useDeleteRecording();
  return (
    <Confirm title={t('performance.deleteTitle', { name })} action={t('performance.delete')} busy={remove.isPending} onClose={onClose}
      error={remove.error && <Failure error={remove.error} />} onConfirm={() => remove.mutate(recording, { onSuccess: onClose })}>
      <p className="soft">{t('performance.deleteWhy')}</p>
    </Confirm>
  );
}
