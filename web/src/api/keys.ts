// What the answers of the API are kept under.
export const keys = {
  host: ['host'],
  health: ['health'],
  sessions: ['sessions'],
  devices: ['devices'],
  pairing: ['pairing'],
  armedPin: ['armed-pin'],
  settings: ['settings'],
  log: ['log'],
  doctor: ['doctor'],
  displays: ['displays'],
  encoders: ['encoders'],
  applications: ['applications'],
  recordings: ['recordings'],
  recordingSince: (session: number) => ['recording-since', session],
  figures: (session: number) => ['figures', session],
  timeline: (session: number) => ['timeline', session],
} as const;
