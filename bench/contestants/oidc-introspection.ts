import type { Contender } from '../measure/rounds.js';
import { basic, FORM, formBody } from '../measure/operation.js';
import { StartedProcess, typescript } from '../measure/started-process.js';
import type { Run } from '../line.js';
import type { Client } from './authorization-server.js';
import { setUp, text } from './http.js';
import { rowsOf } from './uma-operations.js';

/** oidc-provider's own introspection of a live access token, on the adapter of our server. */
export async function oidcIntrospection({ folder, cores, later }: Run): Promise<Contender> {
  const words = typescript(new URL('./oidc-introspection.process.ts', import.meta.url));
  const process = await StartedProcess.start({ name: 'oidc-introspection', words, folder, core: cores.server });
  later(() => process.stop());
  const { origin, client } = process.told as unknown as { origin: string; client: Client };
  const form = { grant_type: 'client_credentials', scope: 'read' };
  const newToken = async () => text(await setUp('POST', `${origin}/token`, { basic: client, form }), 'access_token');
  const operation = {
    origin,
    rows: await rowsOf(async () => ({ token: await newToken() })),
    steps: [
      {
        method: 'POST' as const,
        path: '/token/introspection',
        headers: { ...basic(client), ...FORM },
        // The hint spares it a look among the refresh tokens.
        body: formBody({ token: '{token}', token_type_hint: 'access_token' }),
        status: 200,
        expect: '"active":true',
      },
    ],
  };
  return { name: 'oidc-provider', operation, meter: process.meter };
}
