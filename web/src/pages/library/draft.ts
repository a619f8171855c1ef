// An application as it stands in the form: command lines as one argument a line, so that spaces and quotation marks need no rules.
import type { Application, ApplicationChange } from '../../api/library';

export interface Draft {
  name: string;
  command: string;
  folder: string;
  image: string;
  mode: string;
  ends: boolean;
  prep: { run: string; undo: string }[];
}

export const kEmptyDraft: Draft = { name: '', command: '', folder: '', image: '', mode: '', ends: false, prep: [] };

const linesOf = (words: readonly string[]) => words.join('\n');
const wordsOf = (lines: string) => lines.split('\n').filter((line) => line !== '');
const orNull = (text: string) => (text.trim() === '' ? null : text.trim());

export function draftOf(application: Application): Draft {
  return {
    name: application.name,
    command: linesOf(application.command),
    folder: application.working_folder ?? '',
    image: application.image ?? '',
    mode: application.mode ?? '',
    ends: application.ends_session,
    prep: application.prep.map(({ run, undo }) => ({ run: linesOf(run), undo: linesOf(undo) })),
  };
}

// What of it differs from what it began with: only that is sent.
export function changeOf(before: Draft, now: Draft): ApplicationChange {
  const change: ApplicationChange = {};
  if (now.name.trim() !== before.name) change.name = now.name.trim();
  if (now.command !== before.command) change.command = wordsOf(now.command);
  if (now.folder !== before.folder) change.working_folder = orNull(now.folder);
  if (now.image !== before.image) change.image = orNull(now.image);
  if (now.mode !== before.mode) change.mode = orNull(now.mode);
  if (now.ends !== before.ends) change.ends_session = now.ends;
  if (JSON.stringify(now.prep) !== JSON.stringify(before.prep)) change.prep = now.prep.map(({ run, undo }) => ({ run: wordsOf(run), undo: wordsOf(undo) }));
  return change;
}
