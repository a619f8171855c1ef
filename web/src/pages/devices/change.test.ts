import { expect, test } from 'vitest';
import type { Device } from '../../api/resources';
import { changeOf } from './change';

const tablet: Device = {
  fingerprint: 'ab'.repeat(32),
  name: 'tablet',
  kind: 'native',
  grants: ['gamepad', 'pointer'],
  expires_at_s: null,
  expired: false,
  paired_at_s: 0,
  last_seen_s: null,
  play_on: null,
};

test('what was not changed is not sent', () => {
  expect(changeOf(tablet, { name: ' tablet ', grants: ['pointer', 'gamepad'], playOn: null })).toEqual({});
});

test('what was changed is', () => {
  expect(changeOf(tablet, { name: 'sofa', grants: [], expiresInS: 0, playOn: 'host' })).toEqual({ name: 'sofa', grants: [], expires_in_s: 0, play_on: 'host' });
  expect(changeOf({ ...tablet, play_on: 'host' }, { name: 'tablet', grants: tablet.grants, playOn: null })).toEqual({ play_on: 'default' });
});
