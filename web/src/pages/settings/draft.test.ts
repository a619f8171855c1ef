import { expect, test } from 'vitest';
import { draftOf, valueOf } from './draft';

test('a value goes through its field and back', () => {
  expect(valueOf('texts', draftOf('texts', ['foot', '-e', 'top']))).toEqual(['foot', '-e', 'top']);
  expect(valueOf('texts', draftOf('texts', []))).toEqual([]);
  expect(valueOf('whole_number', draftOf('whole_number', 20000))).toBe(20000);
  expect(valueOf('flag', draftOf('flag', false))).toBe(false);
  expect(valueOf('text', draftOf('text', ''))).toBe('');
});

test('what is no number is not sent as one', () => {
  for (const text of ['', 'ten', '1.5', '1e9', '9'.repeat(20)]) expect(valueOf('whole_number', text)).toBeUndefined();
});
