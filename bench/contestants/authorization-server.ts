import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { UMA_TICKET_GRANT_TYPE } from '../../src/uma/protocol/constants.js';
import { freePort } from '../../tools/free-port.mjs';
import type { Run } from '../line.js';
import { StartedProcess } from '../measure/started-process.js';
import { NO_LIMIT } from './no-limit.js';

/** A client with its secret. */
export interface Client {
  readonly id: string;
  readonly secret: string;
}

/** Our authorization server, as it is shipped, with the people and clients of the benchmarks. */
export interface AuthorizationServer {
  readonly issuer: string;
  readonly process: StartedProcess;
  /** Asks for access. */
  readonly client: Client;
  /** Protects resources. */
  readonly resourceServer: Client;
  /** Acts for itself. */
  readonly machine: Client;
  /** Initial access token of client registration. */
  readonly registrationToken: string;
}

/** How it is started otherwise. */
export interface AuthorizationServerStart {
  readonly name?: string;
  /** Address of the resource server. */
  readonly resourceServerUrl?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Where people are sent back to; nobody listens there. */
export const CALLBACK = 'http://127.0.0.1:9/callback';

/** Address of a resource server that is not there. */
const NOWHERE = 'http://127.0.0.1:9';

const subjectOf = (username: string): string => `${username}-of-the-benchmark`;

/** Ids of the people's accounts. */
export const PEOPLE = { alice: subjectOf('alice'), bob: subjectOf('bob') } as const;

/** Everybody's password. */
export const PASSWORD = 'password-of-the-benchmarks';

const secret = (): string => randomBytes(32).toString('base64url');

/** Starts the built authorization server, with the settings of a first start but for the limits on requests. */
export async function startAuthorizationServer(
  { folder, cores, later }: Pick<Run, 'folder' | 'cores' | 'later'>,
  { name = 'authorization-server', resourceServerUrl = NOWHERE, environment }: AuthorizationServerStart = {},
): Promise<AuthorizationServer> {
  const issuer = `http://127.0.0.1:${await freePort()}`;
  const [client, resourceServer, machine] = ['client', 'resource-server', 'machine'].map((id) => ({
    id,
    secret: secret(),
  }));
  if (!client || !resourceServer || !machine) throw new Error('There are no clients.');
  const registrationToken = secret();
  const script = new URL('../../dist/main.authorization-server.js', import.meta.url);
  const started = await StartedProcess.start({
    name,
    folder,
    core: cores.server,
    words: [...profilingWords(), '--enable-source-maps', fileURLToPath(script)],
    environment: {
      AS_ISSUER: issuer,
      AS_PORT: new URL(issuer).port,
      DATA_DIR: join(folder, name),
      REGISTRATION_TOKEN: registrationToken,
      AS_CLIENTS: JSON.stringify([asking(client), protecting(resourceServer, resourceServerUrl), acting(machine)]),
      AS_ACCOUNTS: accountsOf('alice', 'bob'),
      RATE_LIMIT_SIGN_IN: NO_LIMIT,
      RATE_LIMIT_TOKEN: NO_LIMIT,
      RATE_LIMIT_PERMISSION: NO_LIMIT,
      RATE_LIMIT_INTROSPECTION: NO_LIMIT,
      ...environment,
    },
  });
  later(() => started.stop());
  return { issuer, process: started, client, resourceServer, machine, registrationToken };
}

/** `BENCH_CPU_PROFILE=FOLDER` has a server of ours write there what its time went into. */
export function profilingWords(): readonly string[] {
  const folder = process.env['BENCH_CPU_PROFILE'];
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(folder)}`];
}

function asking({ id, secret }: Client): object {
  return {
    ...named(id, secret),
    redirect_uris: [CALLBACK],
    claims_redirect_uris: [CALLBACK],
    grant_types: ['authorization_code', UMA_TICKET_GRANT_TYPE],
    response_types: ['code'],
    scope: 'openid profile email',
  };
}

function protecting({ id, secret }: Client, url: string): object {
  return {
    ...named(id, secret),
    resource: url,
    redirect_uris: [CALLBACK, `${url}/callback`],
    post_logout_redirect_uris: [`${url}/`],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    scope: 'openid profile email offline_access uma_protection sharing ssf.manage',
  };
}

function acting({ id, secret }: Client): object {
  return {
    ...named(id, secret),
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    scope: 'read write',
  };
}

const named = (id: string, secret: string): object => ({ client_id: id, client_secret: secret, client_name: id });

/** Accounts as the setting `AS_ACCOUNTS`. */
export function accountsOf(...usernames: readonly string[]): string {
  return JSON.stringify(usernames.map(person));
}

const person = (username: string): object => ({
  sub: subjectOf(username),
  username,
  password: PASSWORD,
  name: username,
  email: `${username}@example.org`,
});
