import { useState } from 'react';
import { kLanguages, useLanguageChoice, useWords, type Language } from '../messages';
import { Segments } from '../ui/Field';
import { chooseTheme, storedTheme, type Theme } from './theme';

export function LanguageChoice() {
  const { language, t } = useWords();
  const choose = useLanguageChoice();
  const options = Object.entries(kLanguages).map(([id, label]) => ({ id: id as Language, label }));
  return (
    <div>
      <Segments label={t('shell.language')} value={language} options={options} onChange={choose} />
    </div>
  );
}

export function ThemeChoice() {
  const { t } = useWords();
  const [theme, setTheme] = useState(storedTheme);
  const options = (['system', 'light', 'dark'] as const).map((id) => ({ id, label: t(`theme.${id}`) }));
  return (
    <div>
      <Segments<Theme> label={t('shell.theme')} value={theme} options={options}
        onChange={(chosen) => {
          chooseTheme(chosen);
          setTheme(chosen);
        }}
      />
    </div>
  );
}
