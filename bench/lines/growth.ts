import { join } from 'node:path';

import { freePort } from '../../tools/free-port.mjs';
import { type AuthorizationServer, PEOPLE, startAuthorizationServer } from '../contestants/authorization-server.js';
import { growAuthorizationServer, growResourceServer, type Sample } from '../contestants/grown-tables.js';
import { HeartRateWorld } from '../contestants/heart-rate-world.js';
import { text } from '../contestants/http.js';
import { Person } from '../contestants/people.js';
import { type ResourceServer, startResourceServer, untilTold } from '../contestants/resource-server.js';
import { grantOperation, introspectionOperation, rowsOf } from '../contestants/uma-operations.js';
import { SCOPE } from '../contestants/shared-resource.js';
import type { Line, Run } from '../line.js';
import { bearer, JSON_BODY, type Operation } from '../measure/operation.js';
import { type Contender, measureInTurns, type Slice } from '../measure/rounds.js';
import { compare } from '../report/compare.js';
import type { Entry } from '../report/entry.js';

const FEW = 1_000;
const MANY = 1_000_000;
const GOAL = '<=1.25';
const WHAT = ['read', 'grant', 'introspection', 'decision'] as const;
type What = (typeof WHAT)[number];

const nameOf = (what: What): string => `growth/${what}`;

/** How much of what is left of the time goes into filling tables. */
const TIME_TO_GROW = 0.45;

/**
 * The CPU time of the same operations with a thousand and with a million resources, each with a share and a live token.
 * The tables are filled behind the servers' backs; what operations are done with lies all over them.
 */
export const growth: Line = {
  name: 'growth',
  about: `CPU time per operation with ${MANY.toLocaleString('en')} resources, shares and live tokens by that with ${FEW.toLocaleString('en')}`,
  goals: Object.fromEntries(WHAT.map((what) => [nameOf(what), GOAL])),
  async measure(run) {
    const few = await grownWorld(run, 'few', FEW);
    const many = await grownWorld(run, 'many', MANY);
    const contenders = WHAT.flatMap((what) => [few.contenders[what], many.contenders[what]]);
    const slices = await measureInTurns(run.load, contenders, run.plan(contenders.length));
    return WHAT.map((what, index) =>
      entryOf(what, many.rows[what], slices[2 * index + 1] ?? [], slices[2 * index] ?? []),
    );
  },
};

interface GrownWorld {
  /** How many resources there are where each operation looks. */
  readonly rows: Readonly<Record<What, number>>;
  readonly contenders: Readonly<Record<What, Contender>>;
}

async function grownWorld(run: Run, size: string, rows: number): Promise<GrownWorld> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const names = { as: `authorization-server-${size}`, rs: `resource-server-${size}` };
  const server = await startAuthorizationServer(run, { name: names.as, resourceServerUrl: url });
  const resourceServer = await startResourceServer(run, server, { name: names.rs, port, url });
  const world = await HeartRateWorld.begin(server, url);
  const until = performance.now() + run.leftMs() * TIME_TO_GROW;
  const table = (file: string) => ({ file: join(run.folder, file), issuer: server.issuer, rows, until });
  const grown = await growAuthorizationServer(table(`${names.as}/authorization-server.sqlite`));
  const readable = await growResourceServer(table(`${names.rs}/resource-server.sqlite`), world.resourceId);
  await untilTold(resourceServer);
  const operations = {
    read: await readOperation(world, resourceServer),
    ...(await authorizationServerOperations(server, grown.samples)),
  };
  const contender = (what: What): Contender => ({
    name: `${what} with ${rows} resources`,
    operation: operations[what],
    meter: what === 'read' ? resourceServer.process.meter : server.process.meter,
  });
  const contenders = Object.fromEntries(WHAT.map((what) => [what, contender(what)])) as Record<What, Contender>;
  const grantable = grown.rows;
  return { rows: { read: readable, grant: grantable, introspection: grantable, decision: grantable }, contenders };
}

/** A guarded read; the decision about each token is remembered after the first one. */
async function readOperation(world: HeartRateWorld, resourceServer: ResourceServer): Promise<Operation> {
  await world.share();
  const rows = await rowsOf(async () => ({ rpt: await world.token(resourceServer) }));
  const { path } = world;
  const steps = [{ method: 'GET' as const, path, headers: bearer('{rpt}'), status: 200 }];
  return { origin: resourceServer.origin, steps, rows };
}

async function authorizationServerOperations(
  server: AuthorizationServer,
  samples: readonly Sample[],
): Promise<Record<Exclude<What, 'read'>, Operation>> {
  const { resourceServer, client, issuer } = server;
  const alice = new Person(server, 'alice');
  const pat = text(await alice.tokens(resourceServer, 'openid uma_protection'), 'access_token');
  const sharing = text(await alice.tokens(resourceServer, 'openid sharing'), 'access_token');
  const id_token = text(await new Person(server, 'bob').tokens(client, 'openid'), 'id_token');
  const rows = samples.map((sample) => ({ ...sample, id_token }));
  const person = { issuer, subject: PEOPLE.bob };
  const question = JSON.stringify({ resourceId: '{resource_id}', scopes: [SCOPE], person });
  const step = { method: 'POST' as const, path: '/api/explanations', headers: { ...bearer(sharing), ...JSON_BODY } };
  return {
    grant: grantOperation(server, { pat, resourceId: '{resource_id}' }, rows),
    introspection: introspectionOperation(server, pat, rows),
    decision: { origin: issuer, rows, steps: [{ ...step, body: question, status: 200, expect: '"permit"' }] },
  };
}

function entryOf(what: What, rows: number, many: readonly Slice[], few: readonly Slice[]): Entry {
  const figure = ({ cpuMicros }: Slice): number => cpuMicros;
  const contestant = `with ${FEW.toLocaleString('en')}`;
  const entry = compare({ name: nameOf(what), goal: GOAL, contestant, unit: 'µs of CPU', figure }, many, few);
  if (rows === MANY) return entry;
  const remark = `the time was enough for ${rows.toLocaleString('en')} resources only`;
  return { ...entry, valid: false, remarks: [...entry.remarks, remark] };
}
