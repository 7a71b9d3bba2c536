import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The client server sends these files; what they are built from is not published.
export default defineConfig({
  root: import.meta.dirname + '/client',
  base: '/viewer/',
  plugins: [react()],
  build: {
    outDir: '../../dist/web/client',
    emptyOutDir: true,
    assetsDir: '.',
    assetsInlineLimit: 0, // the content security policy allows no data: URLs
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  logLevel: 'warn',
});
