// `node --import ./tools/typescript.mjs FILE.ts` runs TypeScript as it stands, decorators included; types are not checked.
import { register } from 'node:module';

process.setSourceMapsEnabled(true);
register('./typescript-hooks.mjs', import.meta.url);
