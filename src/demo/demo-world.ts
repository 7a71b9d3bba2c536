import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { randomHandle } from '../common/randomness.js';

/** One of the demo's people. */
export interface DemoAccount {
  readonly username: string;
  readonly password: string;
  readonly name: string;
  readonly email: string;
}

/** A client with its secret. */
export interface DemoClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Where the demo's servers are. */
export interface DemoAddresses {
  readonly issuer: string;
  readonly resourceServer: string;
  readonly client: string;
}

/** What `demo.json` keeps of a demo world. It holds secrets: the file is for its owner alone. */
export interface DemoWorld extends DemoAddresses {
  readonly clients: { readonly resourceServer: DemoClient; readonly client: DemoClient };
  /** Initial access token for dynamic client registration. */
  readonly registrationToken: string;
  readonly accounts: readonly DemoAccount[];
  /** What was made through the front doors; left alone at the next start. */
  readonly seeded?: DemoSeed;
}

/** What seeding made. */
export interface DemoSeed {
  /** URL of Alice's heart rate at the resource server. */
  readonly resource: string;
  /** Of the simulated chest strap. */
  readonly chestStrap: string;
  /** Of the sensor that replays recordings, so that a replay's counts are its own. */
  readonly recordingPlayer: string;
}

const ACCOUNTS: readonly DemoAccount[] = [
  { username: 'alice', password: 'demo', name: 'Alice Hart', email: 'alice@example.org' },
  { username: 'bob', password: 'demo', name: 'Bob Stone', email: 'bob@example.org' },
  { username: 'carol', password: 'demo', name: 'Carol Reed', email: 'carol@example.org' },
];

/** The demo's addresses. @param portBase see `--port-base` */
export function demoAddresses(portBase?: number): DemoAddresses {
  const [client, resourceServer, authorizationServer] =
    portBase === undefined ? [3000, 4000, 8080] : [portBase + 30, portBase + 40, portBase + 80];
  return {
    issuer: `http://localhost:${authorizationServer}`,
    resourceServer: `http://localhost:${resourceServer}`,
    client: `http://localhost:${client}`,
  };
}

/** The folder of a demo world; one with ports of its own has a folder of its own. */
export function demoFolder(dataFolder: string, portBase?: number): string {
  return portBase === undefined ? dataFolder : join(dataFolder, `port-base-${portBase}`);
}

/** Opens the demo world of a folder, or makes a new one with fresh secrets. */
export class DemoFile {
  constructor(private readonly folder: string) {}

  private get path(): string {
    return join(this.folder, 'demo.json');
  }

  /** Takes everything away. */
  reset(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  open(addresses: DemoAddresses): DemoWorld {
    if (existsSync(this.path)) return { ...(JSON.parse(readFileSync(this.path, 'utf8')) as DemoWorld), ...addresses };
    const world = newWorld(addresses);
    this.save(world);
    return world;
  }

  /** Writes the file whole or not at all, readable by its owner alone. */
  save(world: DemoWorld): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    chmodSync(this.folder, 0o700);
    const unfinished = `${this.path}.new`;
    writeFileSync(unfinished, `${JSON.stringify(world, null, 2)}\n`, { mode: 0o600 });
    renameSync(unfinished, this.path);
  }
}

function newWorld(addresses: DemoAddresses): DemoWorld {
  return {
    ...addresses,
    clients: {
      resourceServer: { clientId: 'resource-server', clientSecret: randomHandle() },
      client: { clientId: 'client-server', clientSecret: randomHandle() },
    },
    registrationToken: randomHandle(),
    accounts: ACCOUNTS,
  };
}
