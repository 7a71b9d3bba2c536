import type { Plan } from './plan.js';
import { testAuthorizationServer } from './run-authorization-server.js';
import { testClient } from './run-client.js';
import { testResourceServer } from './run-resource-server.js';
import type { CaseReport } from './suite/conformance-case.js';

/**
 * Tests what is planned. The three parties are tested side by side: each has counterparts of its own.
 *
 * @param only ids of the cases to run; all of them when empty
 * @throws Error when one of them cannot be started or set up
 */
export async function testAll(
  { authorizationServer, resourceServer, client }: Plan,
  only: readonly string[],
  say: (line: string) => void,
): Promise<readonly CaseReport[]> {
  const reports = await Promise.all([
    authorizationServer === undefined ? [] : testAuthorizationServer({ ...authorizationServer, only, say }),
    resourceServer === undefined ? [] : testResourceServer(resourceServer, only),
    client === undefined ? [] : testClient(client, only),
  ]);
  return reports.flat();
}
