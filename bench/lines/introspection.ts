import { startAuthorizationServer } from '../contestants/authorization-server.js';
import { oidcIntrospection } from '../contestants/oidc-introspection.js';
import { shareResource } from '../contestants/shared-resource.js';
import { introspection } from '../contestants/uma-operations.js';
import type { Line } from '../line.js';
import { compareRates } from './compare-rates.js';

const NAME = 'introspection';
const GOAL = '>=3.5';

/** Our introspection of a live requesting party token with its permissions, against oidc-provider's of an access token. */
export const introspectionLine: Line = {
  name: NAME,
  about: 'introspection of a live token, theirs on the same database adapter',
  goals: { [NAME]: GOAL },
  async measure(run) {
    const server = await startAuthorizationServer(run);
    const operation = await introspection(server, await shareResource(server));
    const ours = { name: 'ours', operation, meter: server.process.meter };
    return [await compareRates(run, { name: NAME, goal: GOAL, unit: 'answers/s' }, ours, await oidcIntrospection(run))];
  },
};
