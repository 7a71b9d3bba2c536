import fc from 'fast-check';
import { request } from 'undici';

import { Database } from '../../src/database/database.js';
import type { MeasurementTables } from '../../src/database/resource-server/measurements.js';
import { parseForwardAuthRule } from '../../src/uma/forward-auth/forward-auth-rule.js';
import { fuzz, textOf } from '../support/fuzz.js';
import { HeartWorld } from '../support/heart-world.js';
import { sendBytes } from '../support/raw-http.js';

/** How often the well-behaved are looked after, between those who are not. */
const EVERY = 20;

describe('a resource server to which anything is sent over HTTP', () => {
  let world: HeartWorld;
  let sent = 0;

  beforeAll(async () => {
    const rules = [parseForwardAuthRule('GET /photos/:id heart-rate:read')];
    world = await HeartWorld.start('sqlite', { forwardAuth: { proxy: 'nginx', rules } });
    await world.beat(60);
    world.give('token of the well-behaved');
  });
  afterAll(() => world.stop());

  /** Nobody else has noticed anything. */
  const expectWell = async (): Promise<void> => {
    if (++sent % EVERY !== 0) return;
    world.give('good');
    const told = await world.server.ask(`/resources/${world.id}/heart-rate/latest`, {
      headers: { authorization: 'Bearer good' },
    });
    expect([told.status, told.text]).toEqual([200, expect.stringContaining('"heartRate"')]);
    world.as.tokens.delete('good');
    world.clock.advanceMs(10_000);
  };

  const paths = (): fc.Arbitrary<string> => {
    const heart = `/resources/${world.id}/heart-rate`;
    const known = ['', '/latest', '/summary', '/live'].map((end) => heart + end);
    const others = [
      '/forward-auth',
      '/hearthRate',
      '/api/resources',
      '/permission',
      '/resourceSets',
      '/',
      '/login',
      '/x',
    ];
    const query = textOf(
      '?',
      '&',
      'from=',
      'to=',
      'limit=',
      'cursor=',
      'bucket=',
      'zone=',
      '2026-03-01T12:00:00Z',
      'PT1M',
    );
    const odd = textOf('/', '..', '%2e', '%00', '%', ';', '\\', 'resources', world.id, 'heart-rate');
    return fc
      .tuple(
        fc.oneof(
          fc.constantFrom(...known, ...others),
          odd.map((path) => `/${path}`),
        ),
        query,
      )
      .map(([path, rest]) => path + rest);
  };
  const names = fc.constantFrom(
    ...[
      'Authorization',
      'DPoP',
      'Accept',
      'Range',
      'Cookie',
      'Origin',
      'Last-Event-ID',
      'Content-Type',
      'Content-Length',
    ],
    ...['X-Original-Method', 'X-Original-URI', 'X-Forwarded-For', 'X-Forwarded-Proto', 'Forwarded', 'Traceparent'],
    ...[
      'If-None-Match',
      'Accept-Encoding',
      'Transfer-Encoding',
      'Upgrade',
      'Connection',
      'Expect',
      'Access-Control-Request-Method',
    ],
  );
  const values = textOf(
    ...[
      'Bearer ',
      'DPoP ',
      'Basic ',
      'rpt',
      'eyJhbGciOiJub25lIn0.e30.',
      '=',
      ',',
      ';q=',
      '"',
      '*/*',
      'text/html',
      'application/json',
    ],
    ...[
      'bytes=0-',
      '0',
      '-1',
      'GET',
      '/photos/heart',
      'chunked',
      'websocket',
      '127.0.0.1',
      'for=',
      '\r\n',
      '\t',
      '\0',
      'é',
    ],
  );

  it('answers no header with a fault of its own, and with no data', async () => {
    const method = fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE', 'PUT', 'TRACE', 'get');
    await fuzz(
      fc.asyncProperty(
        method,
        paths(),
        fc.array(fc.tuple(names, values), { maxLength: 6 }),
        async (verb, path, headers) => {
          const lines = headers.map(([name, value]) => `${name}: ${value}`);
          const head = [`${verb} ${path} HTTP/1.1`, 'Host: rs.test', 'Connection: close', ...lines, '', ''].join(
            '\r\n',
          );
          const { status, text } = await sendBytes(world.url, Buffer.from(head, 'latin1'));
          expect([status < 500, text.includes('"heartRate"')]).toEqual([true, false]);
          await expectWell();
        },
      ),
    );
  });

  it('takes bytes that are no request for that, and goes on', async () => {
    await fuzz(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const { status } = await sendBytes(world.url, bytes);
        expect([0, 400, 408, 431]).toContain(status);
        await expectWell();
      }),
      4,
    );
  });

  const types = fc.constantFrom(
    ...[
      'application/json',
      'application/x-www-form-urlencoded',
      'text/plain',
      'application/secevent+jwt',
      'multipart/form-data',
    ],
    ...['application/json; charset=utf-7', 'application/octet-stream', 'a', ''],
  );

  it('answers no body with a fault of its own, and counts what it takes of measurements', async () => {
    const item = fc.oneof(
      fc.anything(),
      fc.record({ heartRate: fc.integer({ min: 0, max: 400 }), timestamp: fc.constant('2026-03-01T11:00:00Z') }),
      fc.record({ characteristic: fc.base64String(), timestamp: fc.constant('2026-03-01T11:00:01Z') }),
    );
    const json = fc.oneof(item, fc.array(item)).map((value) => inJson(value));
    const deep = fc.integer({ min: 1, max: 60_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth));
    const body = fc.oneof(json, deep, textOf('{', '[', '"heartRate"', ':', '72', ',', ']', '}', '__proto__', 'a=b&'));
    const path = fc.constantFrom(
      '/measurements',
      '/sensor-status',
      '/security-events',
      '/api/sensors',
      '/api/pairings/token',
      '/login',
      '/callback',
    );
    await fuzz(
      fc.asyncProperty(path, types, body, async (to, type, content) => {
        const answer = await request(`${world.url}${to}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${world.credential}`, 'content-type': type },
          body: content,
        });
        const text = await answer.body.text();
        expect(answer.statusCode).toBeLessThan(500);
        if (to === '/measurements' && type.startsWith('application/json') && answer.statusCode === 200) {
          const { stored, duplicate, refused } = JSON.parse(text) as Record<string, number>;
          const items: unknown = JSON.parse(content);
          expect([stored, duplicate, refused].reduce((sum, one) => Number(sum) + Number(one), 0)).toBe(
            [items].flat().length,
          );
        }
        await expectWell();
      }),
    );
    const { kysely } = world.server.app.get<Database<MeasurementTables>>(Database, { strict: false });
    const rows = await kysely.selectFrom('heart_rate_sample').select('heart_rate').execute();
    expect(rows.every(({ heart_rate: heartRate }) => heartRate >= 20 && heartRate <= 300)).toBe(true);
  });
});

/** A value as JSON, as far as JSON has a word for it. */
function inJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? String(one) : one)) as
    string | undefined;
  return text ?? 'null';
}
