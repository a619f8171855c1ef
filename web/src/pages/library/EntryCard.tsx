import { useState } from 'react';
import { artAddress, type LibraryEntry } from '../../api/library';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';

// What the configuration file has is edited here; the rest belongs to its launcher.
const kOurs = 'custom';

export function EntryCard({ entry, source, onEdit, onRemove }: { entry: LibraryEntry; source: string; onEdit: () => void; onRemove: () => void }) {
  const { t, ago } = useWords();
  const played = entry.last_played_s === null ? null : t('library.played', { time: ago(new Date(entry.last_played_s * 1000)) });
  return (
    <article className="entry" aria-label={entry.title} data-entry={entry.id}>
      <Art entry={entry} />
      <div className="stack tight">
        <h2 className="wrap">{entry.title}</h2>
        <p className="small soft">{[source, ...(entry.installed ? [] : [t('library.notInstalled')]), ...(played === null ? [] : [played])].join(' · ')}</p>
        {entry.source === kOurs && (
          <div className="row tight">
            <Button small icon="edit" onPress={onEdit} aria-label={t('library.editNamed', { name: entry.title })} />
            <Button small look="danger" icon="remove" onPress={onRemove} aria-label={t('library.removeNamed', { name: entry.title })} />
          </div>
        )}
      </div>
    </article>
  );
}

// The poster, or an icon, or the title's first letter. The title stands beside it, so a picture says nothing more.
function Art({ entry }: { entry: LibraryEntry }) {
  const [broken, setBroken] = useState(false);
  const poster = artAddress(entry, 'poster');
  const address = poster ?? artAddress(entry, 'icon') ?? artAddress(entry, 'hero');
  if (address === null || broken)
    return (
      <span className="poster app-mark" aria-hidden="true">
        {[...entry.title][0]?.toUpperCase() ?? <Icon name="library" />}
      </span>
    );
  return <img className={`poster ${poster === null ? 'whole' : ''}`} src={address} alt="" loading="lazy" decoding="async" onError={() => setBroken(true)} />;
}
