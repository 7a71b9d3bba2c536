import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const FILES = 'viewer';

/** Puts a compressed copy beside each script and style, which the server then sends as it is. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    writeBundle({ dir = '' }) {
      for (const name of readdirSync(join(dir, FILES))) {
        const file = join(dir, FILES, name);
        const content = readFileSync(file);
        writeFileSync(`${file}.br`, brotliCompressSync(content));
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}

// The client server sends these files; what they are built from is not published.
export default defineConfig({
  root: import.meta.dirname + '/client',
  base: './', // relative to the document's <base>, which the server sets
  plugins: [react(), compressed()],
  build: {
    outDir: '../../dist/web/client',
    emptyOutDir: true,
    assetsDir: FILES,
    assetsInlineLimit: 0, // the content security policy allows no data: URLs
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  logLevel: 'warn',
});
