import { randomHandle, randomId } from '../common/randomness.js';

/** One of the demo's people. */
export interface DemoAccount {
  /** What the demo's authorization server calls the person in ID tokens. */
  readonly sub: string;
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

/** Everything about a demo world that the launcher has to know again at the next start. It holds secrets. */
export interface DemoWorld extends DemoAddresses {
  readonly clients: { readonly resourceServer: DemoClient; readonly client: DemoClient };
  /** Initial access token for dynamic client registration. */
  readonly registrationToken: string;
  /** Who shares, who may see it, and who may not. */
  readonly accounts: readonly [alice: DemoAccount, bob: DemoAccount, carol: DemoAccount];
  /** What was made through the front doors; left alone at the next start. */
  readonly seeded?: DemoSeed;
}

/** What seeding made. */
export interface DemoSeed {
  /** URL of Alice's heart rate at the resource server. */
  readonly resource: string;
  /** Credential of the simulated chest strap. */
  readonly chestStrap: string;
  /** Credential of the sensor that replays recordings, so that a replay's counts are its own. */
  readonly recordingPlayer: string;
}

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

/** A demo world with fresh secrets, in which nothing was made yet. */
export function newDemoWorld(addresses: DemoAddresses): DemoWorld {
  return {
    ...addresses,
    clients: {
      resourceServer: { clientId: 'resource-server', clientSecret: randomHandle() },
      client: { clientId: 'client-server', clientSecret: randomHandle() },
    },
    registrationToken: randomHandle(),
    accounts: [person('alice', 'Alice Hart'), person('bob', 'Bob Stone'), person('carol', 'Carol Reed')],
  };
}

function person(username: string, name: string): DemoAccount {
  return { sub: randomId(), username, password: 'demo', name, email: `${username}@example.org` };
}
