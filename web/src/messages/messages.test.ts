import { expect, test } from 'vitest';
import de from './de.json';
import en from './en.json';
import { fill, makeWords } from './index';

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test('both languages have the same keys', () => {
  expect(Object.keys(de)).toEqual(Object.keys(en));
});

test('a translation has the placeholders of its original', () => {
  for (const [key, text] of Object.entries(en)) expect([key, placeholders(de[key as keyof typeof de])]).toEqual([key, placeholders(text)]);
});

test('nothing is left empty', () => {
  for (const messages of [en, de]) for (const [key, text] of Object.entries(messages)) expect(text, key).not.toBe('');
});

test('what stands for a placeholder is not looked into again', () => {
  expect(fill('{name} of {host}', { name: '{host}', host: '<b>' }, String)).toBe('{host} of <b>');
});

test('one and many are said as the language says them', () => {
  expect(makeWords('en').counted('shell.waiting', 1)).toBe('one waits for you');
  expect(makeWords('de').counted('shell.waiting', 2)).toBe('2 warten auf dich');
});

test('durations have two units', () => {
  const { duration } = makeWords('en');
  expect([0, 59.6, 3_600, 90_061].map(duration)).toEqual(['0 s', '1 min', '1 h 0 min', '1 d 1 h']);
});

test('a word of a newer host is shown as it is', () => {
  expect(makeWords('en').word('session', 'dreaming')).toBe('dreaming');
});
