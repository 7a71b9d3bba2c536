import type { StartResourceServer } from './adapters/adapter.js';
import { resourceServerCases } from './cases/resource-server/index.js';
import { MockAuthorizationServer } from './mocks/mock-authorization-server.js';
import { loadAdapter, withPlace } from './run-with-place.js';
import type { CaseReport } from './suite/conformance-case.js';
import { runCases } from './suite/runner.js';
import { isSelected } from './suite/selection.js';
import { OWNER, ResourceServerWorld } from './world/resource-server-world.js';

/**
 * Tests a resource server, which is started for it.
 *
 * @param adapter `pulsegate`, or the path of a module
 * @throws Error when it cannot be started
 */
export async function testResourceServer(adapter: string, only: readonly string[]): Promise<readonly CaseReport[]> {
  const cases = resourceServerCases.filter(({ id }) => isSelected(id, only));
  if (cases.length === 0) return [];
  const start = await loadAdapter<StartResourceServer>(adapter, 'resource-server');
  const authorizationServer = await MockAuthorizationServer.start(OWNER);
  try {
    return await withPlace(authorizationServer.issuer, async (place) => {
      const server = await start(place);
      try {
        const world = new ResourceServerWorld(authorizationServer, server);
        // One at a time: a fault of the authorization server meets every call.
        return await runCases(cases, world, { sideBySide: 1 });
      } finally {
        await server.stop();
      }
    });
  } finally {
    await authorizationServer.stop();
  }
}
