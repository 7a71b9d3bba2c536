import { join } from 'node:path';

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

/** Gives each process its part of the demo world. */
export function demoEnvironments(world: DemoWorld, folder: string): DemoEnvironments {
  const common = { DEMO: 'true', DATA_DIR: folder, AS_ISSUER: world.issuer };
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
      RS_CLIENT_ID: world.clients.resourceServer.clientId,
      RS_CLIENT_SECRET: world.clients.resourceServer.clientSecret,
    },
    client: {
      ...common,
      CLIENT_PORT: new URL(world.client).port,
      CLIENT_BASE_URL: world.client,
      CLIENT_ID: world.clients.client.clientId,
      CLIENT_SECRET: world.clients.client.clientSecret,
      RS_BASE_URL: world.resourceServer,
    },
  };
}

/** Where a process of the demo writes its log. */
export function logFile(folder: string, name: string): string {
  return join(folder, `${name}.log`);
}

function clientsOf(world: DemoWorld): readonly Readonly<Record<string, unknown>>[] {
  const { resourceServer, client } = world.clients;
  return [
    {
      client_id: resourceServer.clientId,
      client_secret: resourceServer.clientSecret,
      client_name: 'Heart Service',
      resource: world.resourceServer,
      redirect_uris: [`${world.resourceServer}/callback`],
      post_logout_redirect_uris: [`${world.resourceServer}/`],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: 'openid profile email offline_access uma_protection',
    },
    {
      client_id: client.clientId,
      client_secret: client.clientSecret,
      client_name: 'Pulse Viewer',
      redirect_uris: [`${world.client}/callback`],
      post_logout_redirect_uris: [`${world.client}/`],
      grant_types: ['authorization_code', 'refresh_token', UMA_TICKET_GRANT_TYPE],
      response_types: ['code'],
      scope: 'openid profile email',
    },
    serverToServer('testclient', 'testsecret'),
    serverToServer('this-client-id-is-for-demo-only', 'this-secret-id-is-for-demo-only'),
  ];
}

function serverToServer(clientId: string, clientSecret: string): Readonly<Record<string, unknown>> {
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
