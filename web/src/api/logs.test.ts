import { expect, test } from 'vitest';
import { followed, kMaxLines, type LogLine } from './logs';

const line = (number: number): LogLine => ({ number, at_ms: 0, level: 'info', category: 'host', text: String(number) });

test('what comes later stands behind what was there', () => {
  const first = followed(undefined, { lines: [line(1)], next: 1, dropped: true, level: 'info' });
  expect(first.dropped).toBe(false); // of what was before the first look nobody is told
  const second = followed(first, { lines: [line(3)], next: 3, dropped: true, level: 'debug' });
  expect(second.lines.map((one) => one.number)).toEqual([1, 3]);
  expect([second.next, second.dropped, second.level]).toEqual([3, true, 'debug']);
});

test('no more is kept than can be shown', () => {
  const many = Array.from({ length: kMaxLines + 5 }, (_, index) => line(index));
  expect(followed(undefined, { lines: many, next: 9, dropped: false, level: 'info' }).lines[0]?.number).toBe(5);
});
