import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type DemoAddresses, type DemoSeed, type DemoWorld, newDemoWorld } from './demo-world.js';

const FILE = 'demo.json';
const PROCESSES = ['authorization-server', 'resource-server', 'client'];
const ENDINGS = ['sqlite', 'sqlite-wal', 'sqlite-shm', 'key', 'log'];
const A_SEED: DemoSeed = { resource: '', chestStrap: '', recordingPlayer: '' };

/** Raised when a folder cannot hold the demo world, in a sentence for the operator. */
export class DemoFolderError extends Error {
  override readonly name = 'DemoFolderError';
}

/** The folder of a demo world: what the launcher remembers, and the files of the three servers. */
export class DemoFolder {
  /** @param portBase a world with ports of its own has a folder of its own */
  static below(dataFolder: string, portBase?: number): DemoFolder {
    return new DemoFolder(portBase === undefined ? dataFolder : join(dataFolder, `port-base-${portBase}`));
  }

  constructor(readonly path: string) {}

  /**
   * The demo world of this folder; a new one with fresh secrets when there is none.
   *
   * @throws DemoFolderError when `demo.json` is broken, and when the folder is in use for other servers of ours
   */
  open(addresses: DemoAddresses): DemoWorld {
    if (existsSync(this.file)) return { ...this.read(), ...addresses };
    this.refuseForeign();
    const world = newDemoWorld(addresses);
    this.save(world);
    return world;
  }

  /** Writes `demo.json` whole or not at all, readable by its owner alone. */
  save(world: DemoWorld): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    const unfinished = `${this.file}.new`;
    rmSync(unfinished, { force: true });
    writeFileSync(unfinished, `${JSON.stringify(world, null, 2)}\n`, { mode: 0o600 });
    renameSync(unfinished, this.file);
  }

  /** Takes the demo world away, and nothing that is not the demo's: without a `demo.json` nothing is. */
  reset(): void {
    if (!existsSync(this.file)) return;
    for (const name of this.serverFiles()) rmSync(join(this.path, name), { force: true });
    rmSync(join(this.path, 'client-files'), { recursive: true, force: true });
    // Last: a reset that was interrupted can be done again.
    rmSync(this.file);
  }

  private get file(): string {
    return join(this.path, FILE);
  }

  private read(): DemoWorld {
    const world = parsed(readFileSync(this.file, 'utf8'));
    const isWhole = isLike(world, newDemoWorld({ issuer: '', resourceServer: '', client: '' }));
    if (isWhole && (world.seeded === undefined || isLike(world.seeded, A_SEED))) return world;
    throw new DemoFolderError(`${this.file} is broken. Start once with --reset to make a new demo world.`);
  }

  private refuseForeign(): void {
    const found = PROCESSES.map((name) => `${name}.sqlite`).find((name) => existsSync(join(this.path, name)));
    if (found === undefined) return;
    throw new DemoFolderError(
      `${this.path} holds ${found} but no ${FILE}: it is not the demo's. Set DATA_DIR to another folder.`,
    );
  }

  private serverFiles(): readonly string[] {
    return PROCESSES.flatMap((name) => ENDINGS.map((ending) => `${name}.${ending}`));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a value has every member that the pattern has, each of the same kind. */
function isLike<Pattern>(value: unknown, pattern: Pattern): value is Pattern {
  if (typeof pattern !== 'object' || pattern === null) return typeof value === typeof pattern;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(pattern).every(([name, member]) => isLike(Reflect.get(value, name), member));
}
