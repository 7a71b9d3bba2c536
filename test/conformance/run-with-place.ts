import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Place } from './adapters/adapter.js';

/** Lends a process under test an empty folder and credentials of its own, for as long as it is tested. */
export async function withPlace<Result>(issuer: string, test: (place: Place) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'uma-conformance-'));
  try {
    const clientSecret = randomBytes(32).toString('base64url');
    return await test({ issuer, folder, clientId: 'under-test', clientSecret });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The `start` of an adapter: one of ours by its name, or that of a module by its path. */
export async function loadAdapter<Start>(name: string, kind: 'resource-server' | 'client'): Promise<Start> {
  const own = new URL(`./adapters/pulsegate-${kind}.ts`, import.meta.url);
  const url = name === 'pulsegate' ? own : pathToFileURL(resolve(name));
  const { start } = (await import(url.href)) as { readonly start?: Start };
  if (start === undefined) throw new Error(`${name} exports no start: see docs/conformance.md.`);
  return start;
}
