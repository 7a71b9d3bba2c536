import { startAuthorizationServer } from '../contestants/authorization-server.js';
import { FETCHABLE, fetchCommand } from '../contestants/fetch.js';
import { grantAtKeycloak, startKeycloak } from '../contestants/keycloak.js';
import { shareResource } from '../contestants/shared-resource.js';
import { grantByIdToken, grantByPct } from '../contestants/uma-operations.js';
import type { Line, Run } from '../line.js';
import { type Contender, measureInTurns, type Slice } from '../measure/rounds.js';
import { compare } from '../report/compare.js';
import { type Entry, missingEntry } from '../report/entry.js';

const GOALS = { 'uma-grant': '>=10', 'uma-grant/pct': '>=10' } as const;
const KEYCLOAK = FETCHABLE.keycloak.name;

/**
 * From the resource server's permission request to the client's requesting party token, against a real Keycloak.
 *
 * `uma-grant` pushes an ID token: like the access token that Keycloak is given it is a signed statement of who the
 * requesting party is, which comes with each request and has to be verified each time. With a PCT the server knows them
 * from before, and writes the next one: `uma-grant/pct`.
 */
export const umaGrant: Line = {
  name: 'uma-grant',
  about: 'permission ticket to requesting party token, the ticket request included',
  goals: GOALS,
  async measure(run) {
    if (!FETCHABLE.keycloak.isHere()) return Object.entries(GOALS).map(missing);
    const [keycloak, ours] = await Promise.all([keycloakContender(run), ourContenders(run)]);
    const [byIdToken = [], byPct = [], theirs = []] = await measureInTurns(run.load, [...ours, keycloak], run.plan(3));
    return [entryOf('uma-grant', byIdToken, theirs), entryOf('uma-grant/pct', byPct, theirs)];
  },
};

async function ourContenders(run: Run): Promise<readonly Contender[]> {
  const server = await startAuthorizationServer(run);
  const shared = await shareResource(server);
  const { meter } = server.process;
  return [
    { name: 'by ID token', operation: await grantByIdToken(server, shared), meter },
    { name: 'by PCT', operation: await grantByPct(server, shared), meter },
  ];
}

async function keycloakContender({ repository, folder, cores, later }: Run): Promise<Contender> {
  const keycloak = await startKeycloak(repository, folder, cores.server);
  later(() => keycloak.process.stop());
  return { name: KEYCLOAK, operation: await grantAtKeycloak(keycloak), meter: keycloak.meter };
}

function entryOf(name: keyof typeof GOALS, ours: readonly Slice[], against: readonly Slice[]): Entry {
  const figure = ({ rate }: Slice): number => rate;
  return compare({ name, goal: GOALS[name], contestant: KEYCLOAK, unit: 'grants/s', figure }, ours, against);
}

function missing([name, goal]: readonly [string, string]): Entry {
  return missingEntry(name, goal, KEYCLOAK, fetchCommand('keycloak'));
}
