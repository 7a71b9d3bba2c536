import { authorizationServerCases, trafficCases } from './cases/authorization-server/index.js';
import { ByHandDriver, Operator } from './drivers/by-hand.driver.js';
import type { Driver } from './drivers/driver.js';
import { KeycloakDriver } from './drivers/keycloak.driver.js';
import { PulsegateDriver } from './drivers/pulsegate.driver.js';
import type { Providers } from './drivers/standard-setup.js';
import type { Target } from './drivers/target.js';
import { Traffic } from './http/traffic.js';
import { IdentityProvider } from './identity/identity-provider.js';
import type { DriverName } from './options.js';
import type { CaseReport } from './suite/conformance-case.js';
import { runCases, type RunOptions } from './suite/runner.js';
import { isSelected } from './suite/selection.js';
import { discover } from './world/metadata.js';
import { Protocol } from './world/protocol.js';
import { World } from './world/world.js';

/** How an authorization server is tested. */
export interface AuthorizationServerRun {
  readonly target: Target;
  readonly driver: DriverName;
  readonly only: readonly string[];
  readonly say: (line: string) => void;
  readonly onEnd?: RunOptions['onEnd'];
}

/**
 * Tests an authorization server: sets it up, runs the cases, and leaves it as it was.
 *
 * @returns nothing when no case was selected
 * @throws Error when the server cannot be set up at all
 */
export async function testAuthorizationServer(run: AuthorizationServerRun): Promise<readonly CaseReport[]> {
  const cases = authorizationServerCases.filter(({ id }) => isSelected(id, run.only));
  const last = trafficCases.filter(({ id }) => isSelected(id, run.only));
  if (cases.length + last.length === 0) return [];
  const [own, stranger] = await Promise.all([IdentityProvider.start(), IdentityProvider.start()]);
  try {
    const driver = driverOf(run, { own, stranger });
    try {
      await driver.prepare?.();
      const protocol = new Protocol(await discover(run.target.issuer), new Traffic());
      const world = new World(protocol, await driver.setUp(protocol), driver);
      run.say(
        `Testing ${run.target.issuer} (${driver.name}); claim tokens are by ${world.fixtures.claimTokens.source}.`,
      );
      const onEnd = run.onEnd === undefined ? {} : { onEnd: run.onEnd };
      const reports = await runCases(cases, world, { sideBySide: driver.sideBySide, ...onEnd });
      const lookingBack = await runCases(last, world, { sideBySide: 1, ...onEnd });
      await world.cleanUp();
      return [...lookingBack, ...reports];
    } finally {
      await driver.close();
    }
  } finally {
    await Promise.all([own.stop(), stranger.stop()]);
  }
}

function driverOf({ driver, target }: AuthorizationServerRun, providers: Providers): Driver {
  switch (driver) {
    case 'pulsegate':
      return new PulsegateDriver(target, providers);
    case 'keycloak':
      return new KeycloakDriver(target, providers);
    case 'by-hand':
      return new ByHandDriver(target, providers, new Operator());
  }
}
