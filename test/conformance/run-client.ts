import { networkInterfaces } from 'node:os';

import type { ClientPlace, StartClient } from './adapters/adapter.js';
import { clientCases } from './cases/client/index.js';
import { MockAuthorizationServer } from './mocks/mock-authorization-server.js';
import { MockResourceServer } from './mocks/mock-resource-server.js';
import { loadAdapter, withPlace } from './run-with-place.js';
import type { CaseReport } from './suite/conformance-case.js';
import { runCases } from './suite/runner.js';
import { isSelected } from './suite/selection.js';
import { ClientWorld, type Counterparts } from './world/client-world.js';

const SIDE_BY_SIDE = 4;

/**
 * Tests a client, which is started for it.
 *
 * @param adapter `pulsegate`, or the path of a module
 * @throws Error when it cannot be started
 */
export async function testClient(adapter: string, only: readonly string[]): Promise<readonly CaseReport[]> {
  const cases = clientCases.filter(({ id }) => isSelected(id, only));
  if (cases.length === 0) return [];
  const start = await loadAdapter<StartClient>(adapter, 'client');
  const counterparts = await startCounterparts();
  try {
    return await withPlace(counterparts.authorizationServer.issuer, async (place) => {
      const client = await start({ ...place, trusted: trustedBy(counterparts) });
      try {
        return await runCases(cases, new ClientWorld(client, counterparts), { sideBySide: SIDE_BY_SIDE });
      } finally {
        await client.stop();
      }
    });
  } finally {
    await Promise.all(Object.values(counterparts).map((counterpart: { stop(): Promise<void> }) => counterpart.stop()));
  }
}

async function startCounterparts(): Promise<Counterparts> {
  const authorizationServer = await MockAuthorizationServer.start('bob');
  const liar = await MockAuthorizationServer.start('bob');
  liar.metadataChanges = { issuer: authorizationServer.issuer };
  return {
    authorizationServer,
    liar,
    otherAuthorizationServer: await MockAuthorizationServer.start('bob'),
    stranger: await MockAuthorizationServer.start('bob'),
    unsecured: await MockAuthorizationServer.start('bob', outsideAddress()),
    resourceServer: await MockResourceServer.start(),
    evilResourceServer: await MockResourceServer.start(),
  };
}

/** Both resource servers may send the client to any of these: what else protects it is put to the test. */
function trustedBy(all: Counterparts): ClientPlace['trusted'] {
  const servers = [all.authorizationServer, all.otherAuthorizationServer, all.liar, all.unsecured];
  return [all.resourceServer, all.evilResourceServer].flatMap(({ origin }) =>
    servers.map(({ issuer }) => [origin, issuer] as const),
  );
}

/** An address of this machine that is not loopback; a machine without any has 0.0.0.0, which is none either. */
function outsideAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '0.0.0.0';
}
