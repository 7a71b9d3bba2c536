import { fileURLToPath } from 'node:url';

import type { Run } from '../line.js';
import type { Meter } from '../measure/meter.js';
import { basic, bearer, FORM, formBody, type Operation } from '../measure/operation.js';
import type { Contender } from '../measure/rounds.js';
import { StartedProcess } from '../measure/started-process.js';
import type { Client } from './authorization-server.js';
import { FETCHABLE, nodeOauthFolder } from './fetch.js';
import { setUp, text } from './http.js';
import { NO_VALUES, rowsOf } from './uma-operations.js';

/** A token for a client itself, at any authorization server. @see RFC 6749 section 4.4 */
export function clientCredentials(origin: string, client: Client): Operation {
  const form = { grant_type: 'client_credentials', scope: 'read' };
  const step = {
    method: 'POST' as const,
    path: '/token',
    headers: { ...basic(client), ...FORM },
    body: formBody(form),
  };
  return { origin, steps: [{ ...step, status: 200 }], rows: NO_VALUES };
}

/** The example of node-oauth, which is here. */
async function startNodeOauth({ folder, cores, later }: Run): Promise<Example> {
  const words = [fileURLToPath(new URL('./node-oauth.process.mjs', import.meta.url)), nodeOauthFolder()];
  const process = await StartedProcess.start({ name: 'node-oauth', words, folder, core: cores.server });
  later(() => process.stop());
  return { ...(process.told as unknown as { origin: string; client: Client }), meter: process.meter };
}

interface Example {
  readonly origin: string;
  readonly client: Client;
  readonly meter: Meter;
}

/** The example gives tokens. */
export async function nodeOauth(run: Run): Promise<Contender> {
  const { origin, client, meter } = await startNodeOauth(run);
  return { name: FETCHABLE['node-oauth'].name, operation: clientCredentials(origin, client), meter };
}

/** The example answers on its protected route. */
export async function nodeOauthRead(run: Run): Promise<Contender> {
  const { origin, client, meter } = await startNodeOauth(run);
  const form = { grant_type: 'client_credentials', scope: 'read' };
  const newToken = async () => text(await setUp('POST', `${origin}/token`, { basic: client, form }), 'access_token');
  const step = { method: 'GET' as const, path: '/read-resource', headers: bearer('{token}'), status: 200 };
  const rows = await rowsOf(async () => ({ token: await newToken() }));
  return { name: FETCHABLE['node-oauth'].name, operation: { origin, steps: [step], rows }, meter };
}
