import { expect, test } from 'vitest';
import type { Application } from '../../api/library';
import { changeOf, draftOf, kEmptyDraft } from './draft';

const game = {
  id: 7,
  name: 'Game',
  command: ['game', '--level', 'two words'],
  working_folder: null,
  image: null,
  mode: null,
  ends_session: false,
  prep: [{ run: ['on'], undo: [] }],
} as unknown as Application;

test('what was not changed is not sent', () => {
  expect(changeOf(draftOf(game), draftOf(game))).toEqual({});
});

test('an argument is a line, whatever is in it', () => {
  expect(changeOf(kEmptyDraft, { ...kEmptyDraft, name: ' New ', command: 'sh\n-c\necho "a b"\n' })).toEqual({ name: 'New', command: ['sh', '-c', 'echo "a b"'] });
});

test('what is emptied goes back to its default', () => {
  const before = { ...draftOf(game), mode: '1280x720@60', folder: '/games' };
  expect(changeOf(before, { ...before, mode: ' ', folder: '', ends: true, prep: [] })).toEqual({ mode: null, working_folder: null, ends_session: true, prep: [] });
});
