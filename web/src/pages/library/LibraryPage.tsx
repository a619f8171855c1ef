import { useState } from 'react';
import { useLibrary, useScanLibrary, type Library, type LibraryEntry } from '../../api/library';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Select, TextField } from '../../ui/Field';
import { Page } from '../../ui/Page';
import { Empty, Failure, Loaded } from '../../ui/States';
import { EditApplication } from './EditApplication';
import { EntryCard } from './EntryCard';
import { kAllSources, shownEntries } from './filter';
import { RemoveApplication } from './RemoveApplication';
import { Sources } from './Sources';

type Open = { what: 'edit'; entry: LibraryEntry | null } | { what: 'remove'; entry: LibraryEntry };

export function LibraryPage() {
  const { t } = useWords();
  const library = useLibrary();
  const scan = useScanLibrary();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  return (
    <Page title={t('library.title')} lead={t('library.lead')}
      actions={
        <>
          <Button icon="refresh" onPress={() => scan.mutate()} isDisabled={scan.isPending || library.data?.scanning === true}>
            {t(library.data?.scanning ? 'library.scanning' : 'library.scan')}
          </Button>
          <Button look="primary" icon="add" onPress={() => setOpen({ what: 'edit', entry: null })}>
            {t('library.add')}
          </Button>
        </>
      }>
      {scan.error && <Failure error={scan.error} />}
      <Loaded query={library}>{(now) => <Shelf library={now} onOpen={setOpen} />}</Loaded>
      {open?.what === 'edit' && <EditApplication application={open.entry && open.entry.number} title={open.entry?.title ?? ''} onClose={close} />}
      {open?.what === 'remove' && <RemoveApplication entry={open.entry} onClose={close} />}
    </Page>
  );
}

function Shelf({ library, onOpen }: { library: Library; onOpen: (open: Open) => void }) {
  const { t, counted } = useWords();
  const [search, setSearch] = useState('');
  const [source, setSource] = useState<string>(kAllSources);
  const entries = shownEntries(library.entries, search, source);
  const sourceTitle = (name: string) => library.sources.find((one) => one.name === name)?.title ?? name;
  const options = [
    { id: kAllSources, label: t('library.allSources') },
    ...library.sources.filter((one) => one.entries > 0).map((one) => ({ id: one.name, label: `${one.title} (${one.entries})` })),
  ];
  return (
    <>
      <Sources sources={library.sources} />
      {library.entries.length > 0 && (
        <div className="fields">
          <TextField label={t('library.search')} type="search" value={search} onChange={setSearch} />
          <Select label={t('library.source')} value={source} options={options} onChange={setSource} />
        </div>
      )}
      {entries.length === 0 ? (
        <Empty icon="library" title={t(library.entries.length === 0 ? 'library.none' : 'library.noneFound')}>
          {library.entries.length === 0 && <p>{t('library.noneWhy')}</p>}
        </Empty>
      ) : (
        <section className="stack tight" aria-label={t('library.title')}>
          <p className="small soft" role="status">
            {counted('library.count', entries.length)}
          </p>
          <ul className="shelf">
            {entries.map((entry) => (
              <li key={entry.id}>
                <EntryCard entry={entry} source={sourceTitle(entry.source)} onEdit={() => onOpen({ what: 'edit', entry })} onRemove={() => onOpen({ what: 'remove', entry })} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
