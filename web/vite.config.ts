import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    // Inlined files would be against the policy that host/console sends.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // The tests share nothing that they change, so one process for all is enough.
  test: { include: ['src/**/*.test.ts'], isolate: false },
  // `node_modules/.bin/vite` beside a running host.
  server: { proxy: { '/api': { target: 'https://localhost:47990', secure: false } } },
});
