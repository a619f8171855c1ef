import type { Device, DeviceChange } from '../../api/resources';

export interface DeviceForm {
  name: string;
  grants: readonly string[];
  expiresInS?: number; // absent: as it is
  playOn: Device['play_on']; // null: as the host's setting says
}

// What of the form differs from the device: only that is sent, so that two people who change different things do not undo
// each other's work.
export function changeOf(device: Device, form: DeviceForm): DeviceChange {
  const change: DeviceChange = {};
  const name = form.name.trim();
  if (name !== device.name) change.name = name;
  const same = form.grants.length === device.grants.length && form.grants.every((grant) => (device.grants as string[]).includes(grant));
  if (!same) change.grants = [...form.grants];
  if (form.playOn !== device.play_on) change.play_on = form.playOn ?? 'default';
  if (form.expiresInS !== undefined) change.expires_in_s = form.expiresInS;
  return change;
}
