import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Packs the built output as npm would publish it, and unpacks it as npm would install it.
 *
 * @param application folder of the application that uses the package; its peers are found further up
 * @returns the files of the package
 */
export function installPacked(application: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'pulsegate-packed-'));
  // Without scripts: the one that prepares would build again.
  const words = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [packed] = JSON.parse(execFileSync('npm', words, { encoding: 'utf8' })) as [
    { filename: string; files: { path: string }[] },
  ];
  const installed = join(application, 'node_modules', 'pulsegate');
  rmSync(installed, { recursive: true, force: true });
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, packed.filename), '-C', installed, '--strip-components=1']);
  rmSync(folder, { recursive: true });
  return packed.files.map(({ path }) => path);
}
