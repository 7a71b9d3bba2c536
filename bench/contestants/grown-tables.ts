import { setImmediate } from 'node:timers/promises';

import Libsql from 'libsql';

import { digest } from '../../src/common/digest.js';
import { PEOPLE } from './authorization-server.js';
import { SCOPE } from './shared-resource.js';

/** How many of the rows are Alice's, shared with Bob: those that operations are done with, all over the table. */
export const SAMPLES = 250;

const CHUNK = 25_000;

/** One row after the other, `@first` to `@last`. */
const NUMBERS = 'with recursive number(i) as (select @first union all select i + 1 from number where i < @last)';

const AUTHORIZATION_SERVER = [
  `insert into uma_resource (id, owner_id, resource_server, description, created_ms) ${NUMBERS}
   select printf('resource-%09d', i), iif(i % @step = 0, @alice, printf('owner-%09d', i)), 'resource-server',
     @description, @nowMs from number`,
  `insert into share (id, owner_id, target, resource_id, grantee_kind, grantee_key, grantee, scopes, paused, created_ms)
   ${NUMBERS} select printf('share-%09d', i), iif(i % @step = 0, @alice, printf('owner-%09d', i)),
     printf('resource-%09d', i), printf('resource-%09d', i), 'person', json_array(@issuer, @bob),
     json_object('kind', 'person', 'person', json_object('issuer', @issuer, 'subject', @bob)), @scopes, 0, @nowMs
   from number`,
  `insert into uma_rpt (id, token_id, handle_digest, process_id, owner_id, resource_server, audience, client_id,
     subject_issuer, subject, lifetime_seconds, rpt_format, issued_at, expires_at, ends_at) ${NUMBERS}
   select printf('rpt-%09d', i), printf('token-%09d', i), printf('digest-%09d', i), printf('process-%09d', i),
     iif(i % @step = 0, @alice, printf('owner-%09d', i)), 'resource-server', @audience, 'client', @issuer, @bob, 900,
     'opaque', @nowSeconds, @endsAt, @endsAt from number`,
  `insert into uma_rpt_permission (rpt_id, resource_id, share_id, scopes) ${NUMBERS}
   select printf('rpt-%09d', i), printf('resource-%09d', i), printf('share-%09d', i), @scopes from number`,
];

const RESOURCE_SERVER = [
  `insert into resource (id, owner_issuer, owner_subject, uma_resource_id, name, scopes, created_ms) ${NUMBERS}
   select printf('resource-%09d', i), @issuer, printf('owner-%09d', i), printf('uma-resource-%09d', i), 'Heart rate',
     @scope, @nowMs from number`,
  `insert into heart_rate_sample (resource_id, recorded_ms, sensor_id, sensor_ms, heart_rate, received_ms) ${NUMBERS}
   select printf('resource-%09d', i), @nowMs, printf('sensor-%09d', i), @nowMs, 60 + i % 60, @nowMs from number`,
];

/** A seeded resource that Alice shares with Bob, and his live token for it. */
export interface Sample {
  readonly resource_id: string;
  readonly rpt: string;
}

/** How tables are to grow. */
export interface Growth {
  readonly file: string;
  readonly issuer: string;
  readonly rows: number;
  /** When to stop, ready or not, by `performance.now()`. */
  readonly until: number;
}

/**
 * Fills the tables of an authorization server that runs: so many resources, each with a share and a live token.
 *
 * @returns how many there are when the time is over, and the samples among them
 */
export async function growAuthorizationServer(growth: Growth): Promise<{ rows: number; samples: readonly Sample[] }> {
  const connection = new Libsql(growth.file);
  const rows = await fill(connection, AUTHORIZATION_SERVER, growth);
  const step = growth.rows / SAMPLES;
  const samples = Array.from({ length: Math.floor(rows / step) }, (_, index) => sampleAt(index * step));
  const tell = connection.prepare('update uma_rpt set handle_digest = ? where id = ?');
  for (const { rpt, resource_id: id } of samples) tell.run(digest(rpt), id.replace('resource', 'rpt'));
  connection.close();
  return { rows, samples };
}

/** Fills the tables of a resource server that runs: so many resources, each with a heart rate; and one of Alice's. */
export async function growResourceServer(growth: Growth, resourceOfAlice: string): Promise<number> {
  const connection = new Libsql(growth.file);
  const rows = await fill(connection, RESOURCE_SERVER, growth);
  const insert = `insert into heart_rate_sample (resource_id, recorded_ms, sensor_id, sensor_ms, heart_rate, received_ms)
    values (@resourceOfAlice, @now, 'sensor', @now, 72, @now)`;
  connection.prepare(insert).run({ resourceOfAlice, now: Date.now() });
  connection.close();
  return rows;
}

function sampleAt(index: number): Sample {
  const number = String(index).padStart(9, '0');
  return { resource_id: `resource-${number}`, rpt: `token-of-the-benchmark-${number}` };
}

/** In pieces, so that the server can do what it has to in between. @returns how many rows there are */
async function fill(
  connection: Libsql.Database,
  statements: readonly string[],
  { issuer, rows, until }: Growth,
): Promise<number> {
  connection.exec('pragma busy_timeout = 5000; pragma synchronous = off; pragma cache_size = -400000');
  const prepared = statements.map((statement) => connection.prepare(statement));
  const values = valuesOf(issuer, rows);
  for (let first = 0; first < rows; first += CHUNK) {
    if (performance.now() > until) return first;
    const last = Math.min(rows, first + CHUNK) - 1;
    connection.exec('begin immediate');
    for (const statement of prepared) statement.run({ ...values, first, last });
    connection.exec('commit');
    await setImmediate();
  }
  return rows;
}

function valuesOf(issuer: string, rows: number): Readonly<Record<string, string | number>> {
  const nowMs = Date.now();
  return {
    issuer,
    nowMs,
    nowSeconds: Math.floor(nowMs / 1000),
    step: rows / SAMPLES,
    alice: PEOPLE.alice,
    bob: PEOPLE.bob,
    audience: 'http://127.0.0.1:9',
    scope: SCOPE,
    scopes: JSON.stringify([SCOPE]),
    description: JSON.stringify({ name: 'Heart rate', resource_scopes: [SCOPE] }),
    endsAt: Math.floor(nowMs / 1000) + 3600,
  };
}
