import fc from 'fast-check';

import { FixedClock } from '../../src/common/clock.fake.js';
import { heartRateFile, parseListedMeasurements } from '../../src/client/heart-rate-file.js';
import { decodeHeartRate } from '../../src/measurements/heart-rate-characteristic.js';
import { MeasurementDecoder } from '../../src/measurements/measurement-decoder.js';
import { itemsOf } from '../../src/measurements/measurements-message.js';
import { readCursor, readTimeCursor } from '../../src/measurements/page-cursor.js';
import { queryTokensOf, takeQueryTokens } from '../../src/measurements/query-tokens.js';
import { readHttpDate, readOldTime, readTimestamp } from '../../src/measurements/recorded-time.js';
import { REFUSAL_REASONS } from '../../src/measurements/refusal-reason.js';
import { statusOf } from '../../src/measurements/sensor-status.js';
import { placeOf, readOrder } from '../../src/resources/live/live-orders.js';
import { needOf, parseForwardAuthRule } from '../../src/uma/forward-auth/forward-auth-rule.js';
import { presentedRpt } from '../../src/uma/guard/bearer-token.js';
import { DpopProofs, InvalidProof } from '../../src/uma/guard/dpop-proofs.js';
import { UmaRefusal } from '../../src/uma/guard/uma-refusal.js';
import { parseIntrospection } from '../../src/uma/protection-api/introspection.js';
import { parseChallenges, umaChallengeOf } from '../../src/uma/protocol/challenge.js';
import { parseStrictJson } from '../../src/uma/protocol/strict-json.js';
import { UmaError } from '../../src/uma/protocol/uma-error.js';
import { damaged, fuzz, orRefused, textOf } from '../support/fuzz.js';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');
/** Longer than any of these readers may take for one text, by far. */
const LONGEST_MS = 1_000;

/** Values as JSON and socket.io bring them, many of them nearly right. */
const almost = (members: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<unknown> =>
  fc.oneof(fc.anything({ withBigInt: false, withNullPrototype: true }), fc.record(members, { requiredKeys: [] }));

const times = fc.oneof(
  textOf('2026-03-01', 'T', '12:00:00', 'Z', '+01:00', '.5', ' ', 'Thu ', 'Sep ', '27 ', '16:24:19', ' 2018', '-', ':'),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
);
const tokens = textOf('Bearer', 'DPoP', ' ', 'rpt', '=', ',', '.', '\t', 'a.b.c');

describe('readers of headers', () => {
  it('of Authorization find one token, which stands there as it is, or none', async () => {
    const headers = fc.array(fc.tuple(fc.constantFrom('Authorization', 'authorization', 'DPoP', 'X'), tokens), {
      maxLength: 3,
    });
    await fuzz(
      fc.property(headers, almost({ access_token: fc.string() }), (pairs, query) => {
        const found = presentedRpt({ rawHeaders: pairs.flat() }, query);
        if (found.kind !== 'token') return;
        const values = pairs.filter(([name]) => name.toLowerCase() === 'authorization').map(([, value]) => value);
        expect(values).toHaveLength(1);
        expect(values[0]?.toLowerCase().startsWith(found.scheme)).toBe(true);
        expect(values[0]?.endsWith(found.token)).toBe(true);
        expect(found.token).toMatch(/^[\w\-.~+/]+=*$/);
      }),
    );
  });

  it('of DPoP take nothing for a proof that nobody has signed', async () => {
    const proofs = new DpopProofs(new FixedClock(NOW_MS));
    const part = fc.oneof(fc.json(), fc.constantFrom('{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC"}}', '{}'));
    const jws = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => {
      return parts.map((one) => Buffer.from(one).toString('base64url')).join('.');
    });
    await fuzz(
      fc.asyncProperty(fc.array(fc.oneof(jws, tokens), { maxLength: 3 }), async (headers) => {
        const terms = { token: 'rpt', method: 'GET', url: 'https://rs.test/' };
        const outcome: unknown = await proofs.prove(headers, terms).then(
          () => 'proven',
          (error: unknown) => error,
        );
        expect(outcome).toBeInstanceOf(InvalidProof);
      }),
    );
  });

  it('of WWW-Authenticate find texts that stand there, and come to an end', async () => {
    const header = textOf(
      'UMA',
      ' ',
      'realm="heart"',
      ', ',
      'as_uri=',
      '"https://as.test"',
      'ticket',
      '=',
      '"',
      '\\',
      't',
    );
    await fuzz(
      fc.property(header, fc.nat({ max: 4 }), (text, times) => {
        const long = text.repeat(10 ** times).slice(0, 16_000);
        const beganMs = performance.now();
        const challenges = parseChallenges(long);
        const found = umaChallengeOf([long], undefined);
        expect(performance.now() - beganMs).toBeLessThan(LONGEST_MS);
        const read = long.toLowerCase();
        expect(challenges.every(({ scheme }) => read.includes(scheme))).toBe(true);
        expect(found === undefined || read.includes('ticket')).toBe(true);
      }),
    );
  });

  it('of what a proxy forwards find only what a rule opens', async () => {
    const rules = ['GET /photos/:id photo:view', 'POST /photos/:id photo:edit'].map(parseForwardAuthRule);
    const target = textOf('/photos/', 'heart', '/', '..', '%2e', '%2F', '?', '#', '//', '\\', ';', ':id', '%00');
    await fuzz(
      fc.property(fc.constantFrom('GET', 'POST', 'HEAD', 'get', 'DELETE', ''), target, (method, path) => {
        const need = needOf(rules, method, path);
        if (need === undefined) return;
        expect(['GET', 'POST', 'HEAD']).toContain(method);
        expect(path.startsWith('/photos/')).toBe(true);
        expect(need.resourceId).not.toMatch(/^\.{0,2}$|\//);
      }),
    );
  });

  it('of Date take what senders must write, and nothing else', async () => {
    await fuzz(
      fc.property(times, (text) => {
        const read = orRefused(() => readHttpDate(text), UmaError);
        if (read !== undefined) expect(new Date(read).toUTCString()).toBe(text);
      }),
    );
  });

  it('of addresses leave no credential in them', async () => {
    const query = textOf('?', '&', 'token', '=', 'secret', '%74oken', '#', 'TOKEN', '+', '%');
    await fuzz(
      fc.property(query, (text) => {
        const request = { url: `/socket.io/?EIO=3&${text}` };
        takeQueryTokens(request);
        for (const token of queryTokensOf(request).filter((one) => one.length > 5)) {
          const left = new URLSearchParams(request.url.split('?').slice(1).join('?')).getAll('token');
          expect(left).not.toContain(token);
        }
      }),
    );
  });
});

describe('readers of bodies and messages', () => {
  const item = almost({
    heartRate: fc.oneof(fc.integer(), fc.double(), fc.string()),
    timestamp: times,
    measure: fc.oneof(fc.integer(), fc.string()),
    time: fc.oneof(times, fc.double()),
    characteristic: fc.oneof(fc.base64String(), fc.uint8Array({ maxLength: 24 })),
    sentAt: times,
    unit: fc.constantFrom('bpm', '/min', '', 7),
    rrIntervals: fc.array(fc.oneof(fc.double(), fc.string())),
    contact: fc.oneof(fc.boolean(), fc.string()),
    energy: fc.oneof(fc.integer(), fc.double()),
  });

  it('of measurements give a heart rate that can be, or say why not', async () => {
    const decoders = [new MeasurementDecoder(), new MeasurementDecoder('Europe/Berlin')];
    await fuzz(
      fc.property(item, (one) => {
        for (const decoder of decoders) {
          const read = decoder.decode(one, NOW_MS);
          if (typeof read === 'string') expect(REFUSAL_REASONS).toHaveProperty(read);
          else {
            expect(Number.isInteger(read.heartRate) && read.heartRate >= 20 && read.heartRate <= 300).toBe(true);
            expect(Number.isInteger(read.recordedMs) && read.recordedMs >= 0).toBe(true);
            expect((read.rrIntervalsMs ?? []).every((interval) => interval > 0 && interval <= 64_000)).toBe(true);
          }
        }
      }),
    );
  });

  it('of lists of them, and of a sensor’s status, refuse what they do not understand', async () => {
    await fuzz(
      fc.property(fc.oneof(item, fc.array(item)), (message) => {
        const items = orRefused(() => itemsOf(message), UmaError);
        if (items !== undefined) expect(items.length).toBeLessThanOrEqual(1_000);
      }),
    );
    const status = almost({
      battery: fc.oneof(fc.integer({ min: -1, max: 101 }), fc.double()),
      contact: fc.anything(),
    });
    await fuzz(
      fc.property(status, (message) => {
        const { battery = 0, contact = true } = orRefused(() => statusOf(message), UmaError) ?? {};
        expect([Number.isInteger(battery) && battery >= 0 && battery <= 100, typeof contact]).toEqual([
          true,
          'boolean',
        ]);
      }),
    );
  });

  it('of the Bluetooth characteristic take all of it or nothing', async () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 40 }), damaged(Uint8Array.of(0x1e, 72, 1, 0, 0, 4, 0, 4)));
    await fuzz(
      fc.property(bytes, (value) => {
        const read = decodeHeartRate(value);
        if (read === undefined) return;
        // What reserved flags announce is ignored.
        if ((value[0] ?? 0) > 0x1f) return;
        const wide = (value[0] ?? 0) & 1;
        const energy = read.energyKj === undefined ? 0 : 2;
        expect(2 + wide + energy + 2 * read.rrIntervalsMs.length).toBe(value.length);
      }),
    );
  });

  it('of times give an instant, or say why not', async () => {
    await fuzz(
      fc.property(times, (text) => {
        for (const read of [readTimestamp(text), readOldTime(text, undefined)]) {
          expect(typeof read === 'string' ? read in REFUSAL_REASONS : Number.isInteger(read)).toBe(true);
        }
      }),
    );
  });

  it('of cursors and places refuse what was not given out', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.json().map((one) => Buffer.from(one).toString('base64url')),
    );
    await fuzz(
      fc.property(text, (cursor) => {
        orRefused(() => readCursor(cursor), UmaError);
        orRefused(() => readTimeCursor(cursor), UmaError);
        expect(placeOf(cursor) ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('of orders on a socket take texts, and nothing else', async () => {
    const order = almost({ resource: fc.anything(), token: fc.anything(), dpop: fc.anything(), after: fc.anything() });
    await fuzz(
      fc.property(order, (message) => {
        const { resource, token, dpop, after } = orRefused(() => readOrder(message), UmaRefusal) ?? {};
        const texts = [resource, token, dpop].filter((one) => one !== undefined);
        expect(texts.every((one) => typeof one === 'string' && one !== '')).toBe(true);
        expect(Number.isSafeInteger(after ?? 0)).toBe(true);
      }),
    );
  });

  it('of introspection answers believe in no token that is not said to be active', async () => {
    const answer = almost({
      active: fc.oneof(fc.boolean(), fc.anything()),
      permissions: fc.anything(),
      exp: fc.oneof(fc.integer(), fc.anything()),
      aud: fc.anything(),
      cnf: fc.anything(),
    });
    await fuzz(
      fc.property(answer, (body) => {
        const read = parseIntrospection(body, NOW_MS);
        if (read?.active === true) expect((body as { active: unknown }).active).toBe(true);
      }),
    );
  });

  it('of JSON understand what everybody does, and never something else', async () => {
    const text = fc.oneof(
      fc.json(),
      textOf('{', '}', '[', ']', '"a"', ':', ',', '1', '-', 'e', 'true', 'null', '"__proto__"'),
    );
    await fuzz(
      fc.property(text, (json) => {
        const read = orRefused(() => ({ value: parseStrictJson(json) }), UmaError);
        if (read !== undefined) expect(read.value).toEqual(JSON.parse(json));
      }),
    );
  });

  it('of the old list of measurements write one line for each, whatever was listed', async () => {
    const entry = almost({ measure: fc.oneof(fc.integer(), fc.double(), fc.string()), time: times });
    await fuzz(
      fc.property(fc.oneof(entry, fc.array(entry)), (body) => {
        const listed = parseListedMeasurements(body);
        if (listed === undefined) return;
        const lines = heartRateFile(listed).split('\n').slice(0, -1);
        expect(lines).toHaveLength(listed.length);
        for (const line of lines) {
          expect(line).toMatch(/^[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d [\d-]+ \| Hearth Rate: [-\d.e+]+$/);
        }
      }),
    );
  });
});
