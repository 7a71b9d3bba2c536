import fc from 'fast-check';

import { describeOnEachDatabase } from '../support/databases.js';
import { signedIdToken } from '../support/id-tokens.js';
import { type Act, ACTS, type Step } from '../support/sharing-acts.js';
import { type Cast, castOf, SharingStory } from '../support/sharing-story.js';
import { type Answer, claim } from '../support/uma-world.js';

const READ = 'heart-rate:read';
/** Three resources of Alice's at one resource server, and one of Carol's at the other, of two types. */
const BEGINNING = [
  [0, 0, 0],
  [0, 0, 1],
  [0, 0, 0],
  [1, 1, 1],
];

/** Another one with each run; whoever wants to see a run again sets the one that it printed. */
const seed = Number(process.env['FAST_CHECK_SEED'] ?? Date.now() % 2 ** 31);

/** Where owners only take back, nothing is proven: most of the time somebody shares, and somebody asks. */
const OFTEN: readonly Act[] = ['share', 'obtain', 'obtain', 'obtain', 'obtain', 'meet', 'meet', 'refresh', 'redeem'];
const act = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...(Object.keys(ACTS) as Act[])) },
  { weight: 3, arbitrary: fc.constantFrom(...OFTEN) },
);
const step: fc.Arbitrary<Step> = fc.record({
  act,
  picks: fc.array(fc.nat(63), { minLength: 7, maxLength: 7 }),
});

describeOnEachDatabase(`no token without a permit (seed ${seed})`, (open) => {
  let cast: Cast;

  beforeAll(async () => {
    cast = await castOf(open.dialect);
  });
  afterAll(() => cast.world.close());

  it('whatever happens in whichever order, no token permits what is not shared at that moment (GRANT-5.6, GRANT-6.1)', async () => {
    let given = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
        const story = new SharingStory(cast);
        await story.begin();
        for (const picks of BEGINNING) await ACTS.register(story, picks);
        for (const { act, picks } of steps) {
          await ACTS[act](story, picks);
          await story.check();
        }
        given += story.given;
      }),
      { seed, numRuns: 8, endOnFailure: process.env['FAST_CHECK_SEED'] === undefined },
    );
    // Where nothing is ever given, nothing is proven.
    expect(given).toBeGreaterThan(10);
  });

  it('a ticket is presented once with success, whoever presents it at the same moment, and however (GRANT-5.5)', async () => {
    const { world, clients } = cast;
    await new SharingStory(cast).begin();
    const resource = await world.register();
    await world.shareWith(await world.person('bob'), resource);
    const attempt = fc.record({ by: fc.nat(1), proves: fc.boolean(), late: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(attempt, { minLength: 2, maxLength: 8 }), async (attempts) => {
        const ticket = await world.ticketFor(resource, READ);
        const idTokens = await Promise.all(clients.map(({ id }) => signedIdToken(world, 'bob', id)));
        const present = ({ by, proves }: (typeof attempts)[number]): Promise<Answer> =>
          world.redeem(ticket, proves ? claim(idTokens[by] ?? '') : {}, clients[by]);
        const [early, late] = [attempts.filter((one) => !one.late), attempts.filter((one) => one.late)];
        const answers = await Promise.all(early.map(present));
        answers.push(...(await Promise.all(late.map(present))));

        const taken = answers.filter(({ body }) => body['error'] !== 'invalid_grant');
        expect(taken).toHaveLength(1);
        const body = taken[0]?.body ?? {};
        expect(body['error'] ?? 'none').toMatch(/^(?:none|need_info)$/);
        // It was presented more than once: whatever came of it is taken back.
        if (body['error'] === undefined) {
          expect((await world.introspect(String(body['access_token']))).body).toEqual({ active: false });
        } else {
          for (const [index, client] of clients.entries()) {
            const next = await world.redeem(String(body['ticket']), claim(idTokens[index] ?? ''), client);
            expect(next.body['error']).toBe('invalid_grant');
          }
        }
      }),
      { seed, numRuns: 25 },
    );
  });
});
