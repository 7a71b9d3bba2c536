import { resolve } from 'node:path';

import { demoTarget, readTarget, type Target } from './drivers/target.js';
import type { Options } from './options.js';
import { testAuthorizationServer } from './run-authorization-server.js';
import { testClient } from './run-client.js';
import { testResourceServer } from './run-resource-server.js';
import type { CaseReport } from './suite/conformance-case.js';

type Say = (line: string) => void;

/**
 * Tests everything that the options name. The three parties are tested side by side: each has counterparts of its own.
 *
 * @throws Error when one of them cannot be started or set up
 */
export async function testAll(options: Options, say: Say): Promise<readonly CaseReport[]> {
  const target = options.as === undefined ? undefined : targetOf(options.as, options);
  const driver = options.driver ?? (target?.isDemo === true ? 'pulsegate' : 'by-hand');
  const isOurs = target !== undefined && driver === 'pulsegate';
  const { only, resourceServer, client } = { ...(isOurs ? OURS : NONE), ...options };
  const reports = await Promise.all([
    target === undefined ? [] : testAuthorizationServer({ target, driver, only, say }),
    resourceServer === 'none' ? [] : testResourceServer(resourceServer, only),
    client === 'none' ? [] : testClient(client, only),
  ]);
  return reports.flat();
}

/** Whoever tests our own authorization server tests the others of ours too. */
const OURS = { resourceServer: 'pulsegate', client: 'pulsegate' };
const NONE = { resourceServer: 'none', client: 'none' };

/** What is known of a server: by a file, or because it is the demo's. */
function targetOf(issuer: string, { config }: Options): Target & { readonly isDemo?: boolean } {
  if (config !== undefined) return { ...readTarget(config), issuer };
  const demo = demoTarget(issuer, resolve(process.env['DATA_DIR'] ?? '.data'));
  return demo === undefined ? { issuer } : { ...demo, isDemo: true };
}
