import { expect, test } from 'vitest';
import type { Session } from '../../api/resources';
import { bitrateOf, wishesOf } from './steering';

const session = { mode: '1280x720@60', bitrate_kbps: 8000 } as Session;

test('only what was changed is wished', () => {
  expect(wishesOf(session, { mode: '1280x720@60', rate: '8000' })).toBeNull();
  expect(wishesOf(session, { mode: ' 1280x720@60', rate: ' 4000 ' })).toEqual({ bitrate_kbps: 4000 });
  expect(wishesOf(session, { mode: '800x600@30', rate: '8000' })).toEqual({ mode: '800x600@30' });
});

test('what is no number is not sent', () => {
  for (const text of ['', 'much', '-1', '1.5', '12345678']) {
    expect(bitrateOf(text)).toBeUndefined();
    expect(wishesOf(session, { mode: '800x600@30', rate: text })).toBeNull();
  }
});
