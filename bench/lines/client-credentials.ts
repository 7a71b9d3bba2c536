import { startAuthorizationServer } from '../contestants/authorization-server.js';
import { clientCredentials, nodeOauth } from '../contestants/client-credentials.js';
import { FETCHABLE, fetchCommand } from '../contestants/fetch.js';
import type { Line } from '../line.js';
import { missingEntry } from '../report/entry.js';
import { compareRates } from './compare-rates.js';

const NAME = 'client-credentials';
const GOAL = '>=1.3';
const EXAMPLE = FETCHABLE['node-oauth'];

/** A token by client credentials: ours on the disk before it is answered, theirs in memory. */
export const clientCredentialsLine: Line = {
  name: NAME,
  about: 'token by client credentials, ours durable, theirs in memory',
  goals: { [NAME]: GOAL },
  async measure(run) {
    if (!EXAMPLE.isHere()) return [missingEntry(NAME, GOAL, EXAMPLE.name, fetchCommand('node-oauth'))];
    const { issuer, machine, process } = await startAuthorizationServer(run);
    const ours = { name: 'ours', operation: clientCredentials(issuer, machine), meter: process.meter };
    return [await compareRates(run, { name: NAME, goal: GOAL, unit: 'tokens/s' }, ours, await nodeOauth(run))];
  },
};
