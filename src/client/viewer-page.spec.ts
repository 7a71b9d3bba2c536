import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ViewerPage } from './viewer-page.js';

describe('ViewerPage', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pulsegate-viewer-'));
  writeFileSync(join(folder, 'index.html'), '<head><base href="/" /></head>');
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['http://localhost:3000', '/'],
    ['https://hearts.example/viewer', '/viewer/'],
  ])('at %s finds its files below %s', (baseUrl, path) => {
    expect(new ViewerPage(folder, baseUrl).html).toContain(`<base href="${path}" />`);
  });

  it('says what to do when it was not built', () => {
    expect(() => new ViewerPage(join(folder, 'missing'), 'http://localhost:3000')).toThrow('npm run build');
  });
});
