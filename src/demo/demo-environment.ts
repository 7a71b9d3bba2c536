import type { DemoWorld } from './demo-world.js';

/** The environment of one process, by the names of docs/configuration.md. */
export type ProcessEnvironment = Readonly<Record<string, string>>;

/** What each process of the demo is told. */
export interface DemoEnvironments {
  readonly authorizationServer: ProcessEnvironment;
  readonly resourceServer: ProcessEnvironment;
  readonly client: ProcessEnvironment;
}

const UMA_TICKET_GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:uma-ticket';
const DEVICE_GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';

/** Whoever tries things out at his own machine is not to be held up. */
const NO_LIMIT = '1000000';
const RATE_LIMITS = {
  RATE_LIMIT_SIGN_IN: NO_LIMIT,
  RATE_LIMIT_DEVICE: NO_LIMIT,
  RATE_LIMIT_TOKEN: NO_LIMIT,
  RATE_LIMIT_PERMISSION: NO_LIMIT,
  RATE_LIMIT_INTROSPECTION: NO_LIMIT,
  RATE_LIMIT_INGEST: NO_LIMIT,
  RATE_LIMIT_PROTECTED_READS: NO_LIMIT,
  RATE_LIMIT_PAIRING: NO_LIMIT,
  RATE_LIMIT_PAIRING_QUESTIONS: NO_LIMIT,
  RATE_LIMIT_PAIRING_CODES: NO_LIMIT,
  RATE_LIMIT_SOCKETS: NO_LIMIT,
  RATE_LIMIT_ACCESS: NO_LIMIT,
};

/** Gives each process its part of the demo world. @param folder where they keep their files */
export function demoEnvironments(world: DemoWorld, folder: string): DemoEnvironments {
  const common = { DEMO: 'true', DATA_DIR: folder, AS_ISSUER: world.issuer, ...RATE_LIMITS };
  const { resourceServer, client } = world.clients;
  const [alice] = world.accounts;
  return {
    authorizationServer: {
      ...common,
      AS_PORT: new URL(world.issuer).port,
      REGISTRATION_TOKEN: world.registrationToken,
      AS_CLIENTS: JSON.stringify(clientsOf(world)),
      AS_ACCOUNTS: JSON.stringify(world.accounts),
    },
    resourceServer: {
      ...common,
      RS_PORT: new URL(world.resourceServer).port,
      RS_BASE_URL: world.resourceServer,
      RS_CLIENT_ID: resourceServer.clientId,
      RS_CLIENT_SECRET: resourceServer.clientSecret,
      LEGACY_OWNER: alice.sub,
    },
    client: {
      ...common,
      CLIENT_PORT: new URL(world.client).port,
      CLIENT_BASE_URL: world.client,
      CLIENT_ID: client.clientId,
      CLIENT_SECRET: client.clientSecret,
      RS_BASE_URL: world.resourceServer,
    },
  };
}

type ClientMetadata = Readonly<Record<string, unknown>>;

function clientsOf(world: DemoWorld): readonly ClientMetadata[] {
  return [
    resourceServerOf(world),
    clientServerOf(world),
    serverToServer('testclient', 'testsecret'),
    serverToServer('this-client-id-is-for-demo-only', 'this-secret-id-is-for-demo-only'),
  ];
}

function resourceServerOf({ clients, resourceServer }: DemoWorld): ClientMetadata {
  return {
    client_id: clients.resourceServer.clientId,
    client_secret: clients.resourceServer.clientSecret,
    client_name: 'Heart Service',
    resource: resourceServer,
    redirect_uris: [`${resourceServer}/callback`],
    post_logout_redirect_uris: [`${resourceServer}/`],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_GRANT_TYPE],
    response_types: ['code'],
    scope: 'openid profile email offline_access uma_protection ssf.manage',
  };
}

function clientServerOf({ clients, client }: DemoWorld): ClientMetadata {
  return {
    client_id: clients.client.clientId,
    client_secret: clients.client.clientSecret,
    client_name: 'Pulse Viewer',
    redirect_uris: [`${client}/callback`],
    claims_redirect_uris: [`${client}/claimCallback`],
    post_logout_redirect_uris: [`${client}/`],
    grant_types: ['authorization_code', 'refresh_token', UMA_TICKET_GRANT_TYPE],
    response_types: ['code'],
    scope: 'openid profile email',
  };
}

function serverToServer(clientId: string, clientSecret: string): ClientMetadata {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    client_name: clientId,
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    scope: 'read write',
  };
}
