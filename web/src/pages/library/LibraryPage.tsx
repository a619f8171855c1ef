import { useState } from 'react';
import { useApplications } from '../../api/equipment';
import { useWords } from '../../messages';
import { TextField } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Page } from '../../ui/Page';
import { Empty, Loaded } from '../../ui/States';

// From how many on a search is worth its place.
const kSearchFrom = 8;

export function LibraryPage() {
  const { t, counted } = useWords();
  const applications = useApplications();
  const [search, setSearch] = useState('');
  return (
    <Page title={t('library.title')} lead={t('library.lead')}>
      <Loaded query={applications}>
        {(list) => {
          const found = list.filter((one) => one.name.toLowerCase().includes(search.toLowerCase()));
          return (
            <>
              {list.length >= kSearchFrom && <TextField label={t('library.search')} type="search" value={search} onChange={setSearch} />}
              {found.length === 0 ? (
                <Empty icon="library" title={t('library.none')}>
                  <p>{t('library.noneWhy')}</p>
                </Empty>
              ) : (
                <ul className="grid">
                  {found.map((one) => (
                    <li key={one.id} className="card row app">
                      <span className="app-mark" aria-hidden="true">
                        {[...one.name][0]?.toUpperCase() ?? <Icon name="library" />}
                      </span>
                      <div className="grow stack tight">
                        <h2 className="wrap">{one.name}</h2>
                        <p className="small soft mono wrap">{one.command.length === 0 ? t('library.desktop') : one.command.join(' ')}</p>
                        <p className="small soft">
                          {[one.mode ?? t('library.anyMode'), ...(one.prep_steps > 0 ? [counted('library.steps', one.prep_steps)] : []), ...(one.ends_session ? [t('library.ends')] : [])].join(' · ')}
                        </p>
                      </div>
                    </li>
                  ))}
                </ul>
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}
