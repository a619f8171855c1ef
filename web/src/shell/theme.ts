export type Theme = 'system' | 'light' | 'dark';
const kStored = 'punktfunk.theme';

export function storedTheme(): Theme {
  const stored = localStorage.getItem(kStored);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

export function applyTheme(theme: Theme) {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

export function chooseTheme(theme: Theme) {
  localStorage.setItem(kStored, theme);
  applyTheme(theme);
}
