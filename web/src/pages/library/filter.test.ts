import { expect, test } from 'vitest';
import type { LibraryEntry } from '../../api/library';
import { kAllSources, shownEntries } from './filter';

const entry = (title: string, source: string, last_played_s: number | null = null) => ({ id: `${source}:${title}`, title, source, last_played_s }) as LibraryEntry;
const shelf = [entry('Zebra', 'steam'), entry('Anno 1602', 'lutris', 5), entry('Anno 1800', 'steam', 9), entry('Äpfel', 'custom')];
const titles = (search: string, source: string) => shownEntries(shelf, search, source).map((one) => one.title);

test('what was played last comes first, then the alphabet', () => {
  expect(titles('', kAllSources)).toEqual(['Anno 1800', 'Anno 1602', 'Äpfel', 'Zebra']);
});

test('every word of the search must be there', () => {
  expect(titles('anno 16', kAllSources)).toEqual(['Anno 1602']);
  expect(titles('nothing', kAllSources)).toEqual([]);
});

test('a source shows its own', () => {
  expect(titles('', 'steam')).toEqual(['Anno 1800', 'Zebra']);
});
