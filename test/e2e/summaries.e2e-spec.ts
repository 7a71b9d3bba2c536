import type { ResourceServerOptions } from '../../src/apps/resource-server.module.js';
import { encodeHeartRate } from '../../src/measurements/heart-rate-characteristic.fake.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { FakeSensor } from '../support/fake-sensor.js';
import { ResourceServerApplication, type Told } from '../support/resource-server-application.js';

const START = Date.parse('2026-03-01T10:00:00Z');
const HOUR_MS = 3_600_000;
const at = (ms: number): string => new Date(ms).toISOString();
const beats = (count: number, heartRate: number, fromMs = START, more: object = {}): object[] =>
  Array.from({ length: count }, (_nothing, second) => ({ heartRate, timestamp: at(fromMs + second * 1_000), ...more }));

interface Summary {
  readonly buckets: readonly Readonly<Record<string, unknown>>[];
  readonly next?: string;
}

describeOnEachDatabase('a resource server that is asked for summaries', (open) => {
  let server: ResourceServerApplication;
  let id: string;
  let umaResourceId: string;
  let credential: string;

  const start = async (options: Partial<ResourceServerOptions> = {}): Promise<void> => {
    server = await ResourceServerApplication.start(open.dialect, options);
    const headers = await server.signIn('alice', 'Alice Rivers');
    const [resource] = (await server.ask('/api/resources', { headers })).json() as {
      id: string;
      umaResourceId: string;
    }[];
    ({ id = '', umaResourceId = '' } = resource ?? {});
    const made = await server.ask('/api/sensors', { method: 'POST', headers, json: { name: 'Chest strap' } });
    ({ credential } = made.json() as { credential: string });
  };
  const post = async (json: unknown, more: Record<string, string> = {}): Promise<unknown> => {
    const headers = { authorization: `Bearer ${credential}`, ...more };
    return (await server.ask('/measurements', { method: 'POST', headers, json })).json();
  };
  /** @param scopes those of the token that is brought */
  const get = (path: string, ...scopes: string[]): Promise<Told> => {
    const token = Buffer.from(scopes.join()).toString('base64url');
    const permissions = [{ resource_id: umaResourceId, resource_scopes: scopes }];
    server.authorizationServer.tokens.set(token, { active: true, permissions });
    return server.ask(`/resources/${id}/heart-rate${path}`, { headers: { authorization: `Bearer ${token}` } });
  };
  const summary = async (query: string, ...scopes: string[]): Promise<Summary> =>
    (await get(`/summary${query}`, ...(scopes.length === 0 ? ['heart-rate:summary'] : scopes))).json() as Summary;

  afterEach(async () => {
    await server.stop();
  });

  it('gives a permission ticket for summaries, and no data', async () => {
    await start();
    const told = await server.ask(`/resources/${id}/heart-rate/summary`);
    expect(told.status).toBe(401);
    expect(told.headers['www-authenticate']).toContain(`ticket="${server.authorizationServer.lastTicket}"`);
    expect(server.authorizationServer.callsTo('permission').map(({ body }) => body)).toEqual([
      { resource_id: umaResourceId, resource_scopes: ['heart-rate:summary'] },
    ]);
  });

  it('gives the minutes of a range, for nobody else to keep', async () => {
    await start();
    await post([...beats(60, 70), ...beats(30, 80, START + 60_000, { rrIntervals: [800, 810] })]);
    const told = await get('/summary', 'heart-rate:summary');
    expect(told.headers['cache-control']).toBe('private, no-store');
    const step = Math.sqrt((30 * 100 + 29 * 100) / 59);
    expect(told.json()).toEqual({
      buckets: [
        { start: '2026-03-01T10:00:00Z', count: 60, min: 70, mean: 70, max: 70 },
        {
          ...{ start: '2026-03-01T10:01:00Z', count: 30, min: 80, mean: 80, max: 80 },
          rmssd: expect.closeTo(step, 9) as number,
          sdnn: expect.closeTo(Math.sqrt((60 * 25) / 59), 9) as number,
        },
      ],
    });
    expect((await summary('?bucket=PT1H')).buckets).toMatchObject([{ count: 90, mean: 6_600 / 90, min: 70, max: 80 }]);
    expect((await summary(`?from=${at(START + 60_000)}`)).buckets).toMatchObject([{ count: 30 }]);
    expect((await summary(`?to=${at(START + 60_000)}`)).buckets).toMatchObject([{ count: 60 }]);
  });

  it('begins days and hours by the clocks of a zone, also as these are changed', async () => {
    await start();
    server.clock.advanceMs(Date.parse('2026-12-01T00:00:00Z') - server.clock.nowMs());
    const change = Date.parse('2026-10-25T00:00:00Z');
    await post(Array.from({ length: 30 }, (_nothing, hour) => beats(5, 60, change + (hour - 4) * HOUR_MS)).flat());
    expect(
      (await summary('?bucket=P1D&timeZone=Europe/Berlin')).buckets.map(({ start: day, count }) => [day, count]),
    ).toEqual([
      ['2026-10-24T00:00:00+02:00', 10],
      ['2026-10-25T00:00:00+02:00', 125],
      ['2026-10-26T00:00:00+01:00', 15],
    ]);
    const hours = await summary(`?bucket=PT1H&timeZone=Europe/Berlin&from=2026-10-25T01:00:00%2B02:00&limit=3`);
    expect(hours.buckets.map((bucket) => bucket['start'])).toEqual([
      '2026-10-25T01:00:00+02:00',
      '2026-10-25T02:00:00+02:00',
      '2026-10-25T02:00:00+01:00',
    ]);
    const more = await summary(`?bucket=PT1H&timeZone=Europe/Berlin&limit=1&cursor=${hours.next ?? ''}`);
    expect(more.buckets).toMatchObject([{ start: '2026-10-25T03:00:00+01:00', count: 5 }]);
    const kolkata = await summary('?bucket=PT1H&timeZone=Asia/Kolkata&limit=1');
    expect(kolkata.buckets).toMatchObject([{ start: '2026-10-25T01:00:00+05:30' }]);
    const newYork = await summary('?bucket=P1D&timeZone=America/New_York&limit=1');
    expect(newYork.buckets).toMatchObject([{ start: '2026-10-24T00:00:00-04:00', count: 40 }]);
  });

  it('shows whoever may see summaries alone no minute that is open, and none with fewer than five samples', async () => {
    await start();
    const now = server.clock.nowMs();
    await post([...beats(4, 60), ...beats(5, 70, START + 60_000), ...beats(1, 80, now)]);
    expect((await summary('?bucket=P1D')).buckets).toMatchObject([{ count: 5, min: 70, max: 70 }]);
    for (const scopes of [['heart-rate:summary', 'heart-rate:read'], ['heart-rate:read']]) {
      const whole = await summary('?bucket=P1D', ...scopes);
      expect(whole.buckets).toMatchObject([{ count: 10, min: 60, max: 80 }]);
    }
  });

  it.each(['', '/latest'])('shows whoever may see summaries alone no sample (%s)', async (path) => {
    await start();
    await post(beats(60, 70));
    expect((await get(path, 'heart-rate:summary')).status).toBe(401);
  });

  it('shows summaries to whom the scope of the systems before is given', async () => {
    await start({ legacyScope: 'hearthRate' });
    await post(beats(1, 70));
    expect((await summary('', 'hearthRate')).buckets).toMatchObject([{ count: 1 }]);
    expect((await get('/summary', 'heart-rate:summary')).status).toBe(401);
  });

  it('refuses every query that it does not understand', async () => {
    await start();
    const queries = [
      ...['bucket=', 'bucket=PT7M', 'bucket=P2D', 'bucket=60', 'bucket=PT1M&bucket=PT1H'],
      ...['timeZone=', 'timeZone=Europe/Atlantis', 'timeZone=Europe/Berlin%00', `timeZone=${'x'.repeat(101)}`],
      ...['from=yesterday', 'to=2026-03-01T10:00:00', 'limit=0', 'limit=1441', 'cursor=nonsense', 'zone=UTC'],
    ];
    for (const query of queries) {
      const told = await get(`/summary?${query}`, 'heart-rate:summary');
      expect([query, told.status, told.json()]).toMatchObject([query, 400, { error: 'invalid_request' }]);
    }
  });

  it('takes what Bluetooth sensors send as it is, in base64 and as bytes, and gives it to readers', async () => {
    await start();
    const told = { heartRate: 72, contact: 'good', energyKj: 258, rrIntervalsMs: [1000, 833.0078125] } as const;
    const characteristic = encodeHeartRate(told);
    const base64 = characteristic.toString('base64');
    expect(await post({ characteristic: base64, timestamp: at(START) })).toMatchObject({ stored: 1 });
    const sensor = await FakeSensor.connect(await server.app.getUrl(), credential);
    const items = [characteristic, base64].map((bytes) => ({ characteristic: bytes, timestamp: at(START + 1_000) }));
    expect(await sensor.send(items)).toEqual({ stored: 1, duplicate: 1, refused: 0 });
    sensor.leave();
    const sample = { heartRate: 72, contact: true, energy: 258, rrIntervals: [1000, 833.0078125] };
    expect((await get('', 'heart-rate:read')).json()).toEqual({
      samples: [0, 1_000].map((ms) => ({ ...sample, recordedAt: at(START + ms) })),
    });
  });

  it('puts the clock of a sensor right that tells when it sends', async () => {
    await start();
    const now = server.clock.nowMs();
    const ahead = now + 3 * HOUR_MS;
    expect(await post({ heartRate: 70, timestamp: at(ahead), sentAt: at(ahead) })).toMatchObject({ stored: 1 });
    const date = new Date(ahead).toUTCString();
    expect(await post(beats(1, 80, ahead - 10_000), { date })).toMatchObject({ stored: 1 });
    expect(await post(beats(1, 90, ahead - 20_000))).toMatchObject({ refusals: [{ reason: 'time_ahead' }] });
    expect(await post(beats(1, 90, now), { date: 'yesterday' })).toMatchObject({ error: 'invalid_request' });
    expect((await get('', 'heart-rate:read')).json()).toEqual({
      samples: [
        { heartRate: 80, recordedAt: at(now - 10_000) },
        { heartRate: 70, recordedAt: at(now) },
      ],
    });
  });
});
