import { useRemoveApplication, type LibraryEntry } from '../../api/library';
import { useWords } from '../../messages';
import { Confirm } from '../../ui/Dialog';
import { Failure } from '../../ui/States';
import { useToast } from '../../ui/Toasts';

export function RemoveApplication({ entry, onClose }: { entry: LibraryEntry; onClose: () => void }) {
  const { t } = useWords();
  const tell = useToast();
  const remove = useRemoveApplication();
  const done = () => {
    tell(t('library.removed', { name: entry.title }));
    onClose();
  };
  return (
    <Confirm title={t('library.removeTitle', { name: entry.title })} action={t('library.remove')} busy={remove.isPending} onClose={onClose}
      error={remove.error && <Failure error={remove.error} />} onConfirm={() => remove.mutate(entry.number, { onSuccess: done })}>
      <p className="soft">{t('library.removeWhy')}</p>
    </Confirm>
  );
}
