// Line drawings on a grid of 24. Decoration: whoever shows one says it in words too.
const kPaths = {
  dashboard: 'M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z',
  pair: 'M9 12a3 3 0 1 0 6 0 3 3 0 0 0-6 0M7 7a7 7 0 0 0 0 10M17 17a7 7 0 0 0 0-10M4 4a11.3 11.3 0 0 0 0 16M20 20a11.3 11.3 0 0 0 0-16',
  devices: 'M3 5h13v10H3zM7 19h5M9.500 15v4M18 9h3v10h-5v-4',
  displays: 'M3 4h18v12H3zM8 20h8M12 16v4',
  library: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  performance: 'M3 20h18M5 16l4-6 4 3 6-9',
  logs: 'M5 4h14v16H5zM8 8h8M8 12h8M8 16h5',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M13 7a2 2 0 1 0 4 0 2 2 0 0 0-4 0M7 17a2 2 0 1 0 4 0 2 2 0 0 0-4 0',
  doctor: 'M12 8v8M8 12h8M4 12a8 8 0 1 0 16 0 8 8 0 0 0-16 0',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  warning: 'M12 4l9 16H3zM12 10v4M12 17h.01',
  stop: 'M6 6h12v12H6z',
  play: 'M7 5l12 7-12 7z',
  record: 'M6 12a6 6 0 1 0 12 0 6 6 0 0 0-12 0',
  edit: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3',
  remove: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  chevron: 'M6 9l6 6 6-6',
  search: 'M4 11a7 7 0 1 0 14 0 7 7 0 0 0-14 0M16 16l5 5',
  download: 'M12 4v11M7 11l5 5 5-5M4 20h16',
  logout: 'M14 4H5v16h9M10 12h11M17 8l4 4-4 4',
  add: 'M12 5v14M5 12h14',
  key: 'M3 12a4 4 0 1 0 8 0 4 4 0 0 0-8 0M11 12h10v4M17 12v3',
  copy: 'M8 8h12v12H8zM16 8V4H4v12h4',
  refresh: 'M20 12a8 8 0 1 1-2.500-5.800M20 3v4h-4',
} as const;

export type IconName = keyof typeof kPaths;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth={name === 'more' ? 3 : 1.7}
      strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={kPaths[name]} />
    </svg>
  );
}
