import { fileURLToPath } from 'node:url';

import type { Run } from '../line.js';
import { basic, FORM, formBody, type Operation } from '../measure/operation.js';
import type { Contender } from '../measure/rounds.js';
import { StartedProcess } from '../measure/started-process.js';
import type { Client } from './authorization-server.js';
import { FETCHABLE, nodeOauthFolder } from './fetch.js';
import { NO_VALUES } from './uma-operations.js';

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
export async function nodeOauth({ folder, cores, later }: Run): Promise<Contender> {
  const words = [fileURLToPath(new URL('./node-oauth.process.mjs', import.meta.url)), nodeOauthFolder()];
  const process = await StartedProcess.start({ name: 'node-oauth', words, folder, core: cores.server });
  later(() => process.stop());
  const { origin, client } = process.told as unknown as { origin: string; client: Client };
  return { name: FETCHABLE['node-oauth'].name, operation: clientCredentials(origin, client), meter: process.meter };
}
