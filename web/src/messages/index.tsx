// The words of the console, in the reader's language. English says which there are; TypeScript refuses a key that it does
// not have, and a test a language that has others.
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import de from './de.json';
import en from './en.json';

export type MessageKey = keyof typeof en;
export type Language = 'en' | 'de';
type Values = Record<string, string | number>;
// "device" of "device_one" and "device_other".
type CountedKey = { [K in MessageKey]: K extends `${infer Stem}_one` ? Stem : never }[MessageKey];

const kMessages: Record<Language, Record<MessageKey, string>> = { en, de };
export const kLanguages: Record<Language, string> = { en: 'English', de: 'Deutsch' };

export interface Words {
  language: Language;
  // {name} in the text stands for values.name. The result is text and never markup.
  t: (key: MessageKey, values?: Values) => string;
  // One or several: {count} besides.
  counted: (key: CountedKey, count: number, values?: Values) => string;
  number: (value: number, digits?: number) => string;
  clock: (at: Date) => string; // 14:05:09
  day: (at: Date) => string; // 21 Nov 2026, 14:05
  duration: (seconds: number) => string; // 1 h 5 min
  ago: (at: Date, now?: Date) => string; // 3 minutes ago
  // A word of the API: the translation, or the word itself where a newer host says one that we do not know.
  word: (prefix: string, word: string) => string;
}

export function fill(text: string, values: Values, number: (value: number) => string): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === 'number' ? number(value) : value;
  });
}

// `locale`: the region of the reader, which decides how dates and numbers look.
export function makeWords(language: Language, locale: string = language): Words {
  const messages = kMessages[language];
  const plural = new Intl.PluralRules(language);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const number = (value: number, digits = 0) =>
    value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const t = (key: MessageKey, values: Values = {}) => fill(messages[key], values, number);
  return {
    language,
    t,
    counted: (key, count, values = {}) =>
      fill(messages[`${key}_${plural.select(count) === 'one' ? 'one' : 'other'}` as MessageKey], { count, ...values }, number),
    number,
    clock: (at) => clock.format(at),
    day: (at) => day.format(at),
    duration: (seconds) => {
      const whole = Math.max(0, Math.round(seconds));
      const [days, hours, minutes] = [Math.floor(whole / 86400), Math.floor((whole / 3600) % 24), Math.floor((whole / 60) % 60)];
      if (days > 0) return t('duration.days', { days, hours });
      if (hours > 0) return t('duration.hours', { hours, minutes });
      if (minutes > 0) return whole % 60 === 0 ? t('duration.wholeMinutes', { minutes }) : t('duration.minutes', { minutes, seconds: whole % 60 });
      return t('duration.seconds', { seconds: whole });
    },
    ago: (at, now = new Date()) => {
      const seconds = (at.getTime() - now.getTime()) / 1000;
      for (const [unit, size] of [['day', 86400], ['hour', 3600], ['minute', 60]] as const)
        if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
      return relative.format(0, 'second');
    },
    word: (prefix, word) => messages[`${prefix}.${word}` as MessageKey] ?? word,
  };
}

const kStored = 'punktfunk.language';

function preferred(): Language {
  const stored = localStorage.getItem(kStored);
  if (stored === 'en' || stored === 'de') return stored;
  return navigator.languages.map((tag) => tag.slice(0, 2)).find((tag): tag is Language => tag in kMessages) ?? 'en';
}

const WordsContext = createContext<{ words: Words; choose: (language: Language) => void } | null>(null);

export function WordsProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(preferred);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const value = useMemo(
    () => ({
      words: makeWords(language, navigator.languages.find((tag) => tag.startsWith(language))),
      choose: (chosen: Language) => {
        localStorage.setItem(kStored, chosen);
        setLanguage(chosen);
      },
    }),
    [language],
  );
  return <WordsContext value={value}>{children}</WordsContext>;
}

function useContextOfWords() {
  const value = useContext(WordsContext);
  if (!value) throw new Error('no WordsProvider above');
  return value;
}
export const useWords = () => useContextOfWords().words;
export const useLanguageChoice = () => useContextOfWords().choose;
