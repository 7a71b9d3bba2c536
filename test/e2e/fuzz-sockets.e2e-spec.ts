import fc from 'fast-check';
import { request } from 'undici';

import { eventually } from '../support/eventually.js';
import type { FakeSensor } from '../support/fake-sensor.js';
import { fuzz, textOf } from '../support/fuzz.js';
import { HeartWorld, STREAM } from '../support/heart-world.js';
import type { LiveClient } from '../support/live-client.js';
import { RawSensor, type Revision } from '../support/raw-sensor.js';

/** So long an answer may take: one that never comes would be waited for. */
const PATIENCE_MS = 10_000;

describe('a resource server to which anything is sent over sockets', () => {
  let world: HeartWorld;
  let sensor: FakeSensor;
  let viewer: LiveClient;
  let beats: number;

  beforeAll(async () => {
    world = await HeartWorld.start('sqlite', { sensorProtocol3: true });
    world.give('good', [STREAM], { exp: world.clock.nowSeconds() + 86_400 });
  });
  beforeEach(async () => {
    beats = 0;
    sensor = await world.sensor();
    viewer = await world.watch('good');
    await viewer.told('snapshot');
  });
  afterEach(() => {
    world.sendAway();
  });
  afterAll(() => world.stop());

  /** A sensor and a viewer who behave notice nothing. */
  const expectWell = async (): Promise<void> => {
    expect(await sensor.send(world.measurements([60]))).toEqual({ stored: 1, duplicate: 0, refused: 0 });
    beats += 1;
    // A snapshot came first, then a message for each beat.
    await eventually(() => viewer.heard.length > beats);
    expect(viewer.heard).toHaveLength(1 + beats);
  };
  const close = async (raw: RawSensor): Promise<void> => {
    raw.leave();
    await raw.closed;
  };

  const text = textOf(
    ...[
      '4',
      '0',
      '2',
      '3',
      '5',
      '6',
      '40',
      '42',
      '45',
      '1-',
      '/live,',
      '[',
      '"measurement"',
      '"subscribe"',
      '"auth:renew"',
    ],
    ...['{"token":"rpt"}', '{"_placeholder":true,"num":0}', ',', ']', '{', '}', '"', '7', 'b4', ':', '\u{1f493}'],
  );
  const frames = fc.array(
    fc.oneof(
      text,
      fc.uint8Array({ maxLength: 100 }).map((bytes) => Uint8Array.from(bytes)),
      text.map((one) => one.repeat(1_000).slice(0, 300_000)),
    ),
    { minLength: 1, maxLength: 8 },
  );
  const revisions = fc.constantFrom<Revision>(3, 4);

  it('gives nothing for frames that make no sense, and harms nobody', async () => {
    const entrance = fc.constantFrom('nobody', 'sensor', 'live');
    await fuzz(
      fc.asyncProperty(revisions, entrance, frames, async (revision, who, written) => {
        const token = who === 'sensor' ? world.credential : 'wrong';
        const raw = await RawSensor.open(world.url, revision, who === 'sensor' && revision === 3 ? { token } : {});
        if (who === 'sensor' && revision === 4) raw.write(`40${JSON.stringify({ token })}`);
        if (who === 'live') raw.write(`40/live,${JSON.stringify({ resource: world.id, token })}`);
        for (const frame of written) raw.write(frame);
        await expectWell();
        await close(raw);
        expect(raw.frames.join()).not.toMatch(/heartRate|server_error/);
      }),
      4,
    );
  });

  it('answers each message of a sensor, whatever it holds, and none with a fault of its own', async () => {
    const item = fc.oneof(
      fc.anything({ withNullPrototype: false }),
      fc.record({ heartRate: fc.double(), timestamp: fc.string() }, { requiredKeys: [] }),
      fc.record({ characteristic: fc.base64String(), timestamp: fc.string() }),
    );
    // Of bytes socket.io takes ten in one message.
    const bytes = fc.record({ characteristic: fc.uint8Array(), timestamp: fc.string() });
    const event = fc.constantFrom('measurement', 'measurement', 'status', 'other', '__proto__', '');
    await fuzz(
      fc.asyncProperty(
        event,
        fc.array(fc.oneof(item, bytes, fc.array(item), fc.array(bytes, { maxLength: 3 })), { maxLength: 3 }),
        async (name, sent) => {
          const answer: unknown = await sensor.socket.timeout(PATIENCE_MS).emitWithAck(name, ...sent.map(asSent));
          expect(answer).not.toMatchObject({ error: 'server_error' });
          await expectWell();
        },
      ),
    );
  });

  it('answers each order of a viewer, whatever it holds, and opens nothing by it', async () => {
    const stranger = await world.connect({ token: 'good' });
    const order = fc.constantFrom('subscribe', 'unsubscribe', 'auth:renew');
    const member = fc.oneof(fc.string({ minLength: 1 }), fc.anything({ withNullPrototype: false }));
    // Its handshake opens the heart: an order without a token of its own would be a good one.
    const message = fc
      .record({ token: member })
      .chain(({ token }) =>
        fc.record(
          { token: fc.constant(token), resource: member, dpop: member, after: member },
          { requiredKeys: ['token'] },
        ),
      );
    await fuzz(
      fc.asyncProperty(order, message, async (name, sent) => {
        if (sent.token === undefined) return;
        const answer: unknown = await stranger.order(name, asSent(sent));
        expect(answer).toHaveProperty('error');
        expect(answer).not.toMatchObject({ error: 'server_error' });
        expect(stranger.heard).toEqual([]);
      }),
    );
    await expectWell();
  });

  it('answers no long polling with a fault of its own', async () => {
    const query = textOf(
      'EIO=4',
      'EIO=3',
      '&',
      'transport=polling',
      'transport=websocket',
      'sid=',
      'x',
      'token=',
      '%',
      't=',
    );
    await fuzz(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'OPTIONS'),
        query,
        text,
        async (method, parameters, body) => {
          const address = `${world.url}/socket.io/?${encodeURI(parameters)}`;
          const content = method === 'POST' || method === 'PUT' ? { body } : {};
          const answer = await request(address, { method: method as 'GET', ...content });
          await answer.body.dump();
          expect(answer.statusCode).toBeLessThan(500);
        },
      ),
      2,
    );
    await expectWell();
  });
});

/** A value as socket.io can send it: JSON, with bytes as they are. */
function asSent(value: unknown): unknown {
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(asSent);
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, asSent(one)]));
}
