// What stands in a setting's field while somebody edits it, and the value that it means.
import type { Setting, SettingValue } from '../../api/settings';

export type Draft = string | boolean;

export function draftOf(type: Setting['type'], value: unknown): Draft {
  if (type === 'flag') return value === true;
  if (type === 'texts') return Array.isArray(value) ? value.join('\n') : '';
  return String(value ?? '');
}

// Empty: it cannot be sent as it is. Whether it may be is the host's to say.
export function valueOf(type: Setting['type'], draft: Draft): SettingValue | undefined {
  if (typeof draft === 'boolean') return draft;
  if (type === 'whole_number') return /^-?\d{1,15}$/.test(draft.trim()) ? Number(draft) : undefined;
  if (type === 'texts') return draft === '' ? [] : draft.split('\n');
  return draft;
}

export function matches(setting: Setting, search: string): boolean {
  const text = `${setting.key} ${setting.sentence} ${String(setting.value)}`.toLowerCase();
  return search.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

// Of "video.bitrate_kbps" the first part, in the order of the table.
export function groups(settings: readonly Setting[]): [string, Setting[]][] {
  const found = new Map<string, Setting[]>();
  for (const setting of settings) {
    const name = setting.key.slice(0, setting.key.indexOf('.'));
    found.set(name, [...(found.get(name) ?? []), setting]);
  }
  return [...found];
}
