import type { Session } from '../../api/resources';

export const kCommonModes = ['1280x720@60', '1920x1080@60', '1920x1080@120', '2560x1440@60', '3840x2160@60'] as const;

// Whole kilobits; what may be asked for is the host's to say.
export function bitrateOf(text: string): number | undefined {
  return /^\s*\d{1,7}\s*$/.test(text) ? Number(text) : undefined;
}

export interface Wishes {
  mode?: string;
  bitrate_kbps?: number;
}

// What of the form differs from the session, which is all that is sent; null: nothing, or nothing that could be.
export function wishesOf(session: Session, form: { mode: string; rate: string }): Wishes | null {
  const rate = bitrateOf(form.rate);
  if (rate === undefined) return null;
  const mode = form.mode.trim();
  const wishes: Wishes = {};
  if (mode !== session.mode) wishes.mode = mode;
  if (rate !== session.bitrate_kbps) wishes.bitrate_kbps = rate;
  return Object.keys(wishes).length === 0 ? null : wishes;
}
