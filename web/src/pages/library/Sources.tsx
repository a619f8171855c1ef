// What went wrong with a source, and what was left out of it: of the others there is nothing to say.
import type { LibrarySource } from '../../api/library';
import { useWords } from '../../messages';
import { Icon } from '../../ui/Icon';

export function Sources({ sources }: { sources: readonly LibrarySource[] }) {
  const { t, counted } = useWords();
  const troubled = sources.filter((source) => source.problem !== null);
  const noted = sources.filter((source) => source.notes.length > 0);
  return (
    <>
      {troubled.map((source) => (
        <div key={source.name} className="notice warn" role="status" data-source={source.name}>
          <Icon name="warning" />
          <p className="wrap">
            <b>{source.title}</b>: {source.problem} {source.entries > 0 && t('library.before')}
          </p>
        </div>
      ))}
      {noted.map((source) => (
        <details key={source.name} className="notes">
          <summary>{counted('library.notes', source.notes.length, { source: source.title })}</summary>
          <ul className="small soft">
            {source.notes.map((note, index) => (
              <li key={index} className="wrap">
                {note}
              </li>
            ))}
          </ul>
        </details>
      ))}
    </>
  );
}
