import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Account, Client } from '../world/client.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

type FixtureClient = 'rs1' | 'rs2' | 'brief' | 'c1' | 'c2';

/** What is known of a server under test from the start; the format of the file of `--config`. */
export interface Target {
  readonly issuer: string;
  /** Initial access token (RFC 7591): the suite registers clients of its own. */
  readonly registrationToken?: string;
  /** Clients that are registered already, where clients cannot register themselves. */
  readonly clients?: Readonly<Partial<Record<FixtureClient, Client>>>;
  readonly accounts?: Readonly<Partial<Record<'alice' | 'bob' | 'carol', Account>>>;
  /** PATs that were made by hand, where people cannot sign in through forms. */
  readonly pats?: Readonly<Partial<Record<'a1' | 'a2' | 'c1' | 'empty', string>>>;
  /** An access token without `uma_protection`, made by hand. */
  readonly plainToken?: string;
  /** An administrator, for drivers that set the server up themselves. */
  readonly admin?: Account;
}

/** Reads a file of `--config`. @throws Error when it cannot be read or names no issuer */
export function readTarget(file: string): Target {
  const target: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof target !== 'object' || target === null || typeof Reflect.get(target, 'issuer') !== 'string') {
    throw new Error(`${file} names no issuer.`);
  }
  return target as Target;
}

/** What the demo's launcher wrote down about its world. */
interface DemoWorld {
  readonly issuer: string;
  readonly registrationToken: string;
  readonly accounts: readonly Account[];
}

/** The demo world of an issuer: the one in the folder itself, or one with ports of its own below it. */
export function demoTarget(issuer: string, folder: string): Target | undefined {
  const world = demoWorlds(folder).find((one) => one.issuer === issuer);
  if (world === undefined) return undefined;
  const accounts = Object.fromEntries(world.accounts.map((account) => [account.username, account]));
  return { issuer, registrationToken: world.registrationToken, accounts };
}

/** Issuer of a demo world that is found at the same address, but is written in another way. */
export function similarDemo(issuer: string, folder: string): string | undefined {
  const address = addressOf(issuer);
  return demoWorlds(folder).find((one) => addressOf(one.issuer) === address)?.issuer;
}

/** Where an issuer is, whatever this machine is called in it, and however it ends. */
function addressOf(issuer: string): string {
  const { protocol, hostname, port, pathname } = new URL(issuer);
  const host = LOOPBACK.includes(hostname) ? 'localhost' : hostname;
  return [protocol, host, port, pathname.replace(/\/+$/, '')].join(' ');
}

function demoWorlds(folder: string): readonly DemoWorld[] {
  return demoFiles(folder)
    .flatMap((file) => readDemoWorld(file) ?? [])
    .filter(({ issuer }) => URL.canParse(issuer));
}

function demoFiles(folder: string): readonly string[] {
  try {
    const worlds = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [folder, ...worlds.map(({ name }) => join(folder, name))].map((one) => join(one, 'demo.json'));
  } catch {
    return [];
  }
}

function readDemoWorld(file: string): DemoWorld | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as DemoWorld;
  } catch {
    return undefined;
  }
}
