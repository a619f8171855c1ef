// What the answers of the API are kept under.
export const keys = {
  host: ['host'],
  health: ['health'],
  sessions: ['sessions'],
  devices: ['devices'],
  pairing: ['pairing'],
  armedPin: ['armed-pin'],
  settings: ['settings'],
} as const;
