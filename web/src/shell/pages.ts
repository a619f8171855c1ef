// The places of the console, in the order of the menu. The first four stand at the bottom of a phone.
import type { MessageKey } from '../messages';
import type { IconName } from '../ui/Icon';

export interface Place {
  path: '/' | '/pair' | '/devices' | '/performance' | '/displays' | '/library' | '/logs' | '/doctor' | '/tokens' | '/settings';
  icon: IconName;
  title: MessageKey;
}

export const kPlaces: readonly Place[] = [
  { path: '/', icon: 'dashboard', title: 'dashboard.title' },
  { path: '/pair', icon: 'pair', title: 'pair.title' },
  { path: '/devices', icon: 'devices', title: 'devices.title' },
  { path: '/performance', icon: 'performance', title: 'performance.title' },
  { path: '/displays', icon: 'displays', title: 'displays.title' },
  { path: '/library', icon: 'library', title: 'library.title' },
  { path: '/logs', icon: 'logs', title: 'logs.title' },
  { path: '/doctor', icon: 'doctor', title: 'doctor.title' },
  { path: '/tokens', icon: 'key', title: 'tokens.title' },
  { path: '/settings', icon: 'settings', title: 'settings.title' },
];
export const kPlacesAtTheBottom = 4;
