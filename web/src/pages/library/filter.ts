import type { LibraryEntry } from '../../api/library';

export const kAllSources = 'all';

// Those that are of the source and whose title has every word of the search, the ones played last first, then by title.
export function shownEntries(entries: readonly LibraryEntry[], search: string, source: string): LibraryEntry[] {
  const words = search.toLowerCase().split(/\s+/);
  return entries
    .filter((entry) => (source === kAllSources || entry.source === source) && words.every((word) => entry.title.toLowerCase().includes(word)))
    .sort((a, b) => (b.last_played_s ?? 0) - (a.last_played_s ?? 0) || a.title.localeCompare(b.title));
}
