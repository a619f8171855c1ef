import { useState } from 'react';
import { useSettings } from '../../api/settings';
import { useWords } from '../../messages';
import { TextField } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Page } from '../../ui/Page';
import { Empty, Loaded } from '../../ui/States';
import { groups, matches } from './draft';
import { SettingRow } from './SettingRow';

export function SettingsPage() {
  const { t } = useWords();
  const settings = useSettings();
  const [search, setSearch] = useState('');
  return (
    <Page title={t('settings.title')} lead={settings.data && t('settings.lead', { file: settings.data.file })}>
      <Loaded query={settings}>
        {(now) => {
          const found = groups(now.settings.filter((setting) => matches(setting, search)));
          return (
            <>
              {now.problem !== null && (
                <div className="notice bad" role="alert">
                  <Icon name="warning" />
                  <p className="wrap">{t('settings.problem', { problem: now.problem })}</p>
                </div>
              )}
              <TextField label={t('settings.search')} type="search" value={search} onChange={setSearch} />
              {found.length === 0 && <Empty icon="search" title={t('settings.none')} />}
              {found.map(([name, list]) => (
                <section key={name} className="stack" aria-label={name}>
                  <h2>{name}</h2>
                  <ul className="card rows">
                    {list.map((setting) => (
                      <li key={setting.key}>
                        <SettingRow setting={setting} tag={now.tag} />
                      </li>
                    ))}
                  </ul>
                </section>
              ))}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}
