import type { Transaction } from 'kysely';

import { FixedClock } from '../../common/clock.fake.js';
import type { UmaTables } from '../../database/authorization-server/uma.js';
import type { ProvenClaims } from './claim-tokens/claim-token.js';
import type { ClaimTokens } from './claim-tokens/claim-tokens.js';
import { ClaimsCollection, type CollectedClaims, type PresentedClaims } from './claims-collection.js';
import type { Evidence } from './evidence.js';
import type { PersistedClaims } from './persisted-claims.js';
import { BEGINNING, type Progress } from './progress.js';

const AS = 'https://as.test';
const [BOB, CAROL] = ['bob', 'carol'].map((subject) => ({ issuer: AS, subject })) as [
  Evidence['person'],
  Evidence['person'],
];

describe('ClaimsCollection', () => {
  const clock = new FixedClock();
  const now = clock.nowMs();
  const within = {} as Transaction<UmaTables>;
  /** What is kept behind the PCT `kept`, for the client `c1`. */
  let kept: Progress | undefined;
  let isUsedUp: boolean;

  const collection = new ClaimsCollection(
    clock,
    {
      use: (_within: unknown, { evidence }: ProvenClaims) => Promise.resolve(isUsedUp ? undefined : evidence),
    } as unknown as ClaimTokens,
    {
      find: (_within: unknown, handle: string, clientId: string) =>
        Promise.resolve(handle === 'kept' && clientId === 'c1' && kept ? { id: 'kept', progress: kept } : undefined),
    } as unknown as PersistedClaims,
  );

  beforeEach(() => {
    kept = undefined;
    isUsedUp = false;
  });

  const of = (person: Evidence['person'], ...names: string[]): Evidence => ({
    person,
    identifiedMs: now,
    untilMs: now + 1,
    claims: names.map((name) => ({ name, value: 'x', issuer: AS, untilMs: now + 1 })),
  });
  const progress = (evidence: Evidence, mayKeepClaims: boolean | undefined, ...shareIds: string[]): Progress => ({
    evidence,
    mayKeepClaims,
    shareIds,
  });

  /** @param pushed what the claim token proves; `null` for one that proves nothing */
  function collect(
    before: Progress,
    { pushed, pct }: { pushed?: Evidence | null; pct?: string } = {},
  ): Promise<CollectedClaims> {
    const presented: PresentedClaims = {
      client: { clientId: 'c1' },
      claimToken: pushed === undefined ? undefined : { token: 'token', format: 'format' },
      proven: pushed ? { evidence: pushed } : undefined,
      pct,
    };
    return collection.collect(within, { progress: before } as Parameters<ClaimsCollection['collect']>[1], presented);
  }
  const namesOf = ({ requestingParty }: CollectedClaims) => requestingParty?.claims.map(({ name }) => name).sort();

  it('knows nobody to begin with', async () => {
    expect(await collect(BEGINNING)).toEqual({
      progress: { evidence: undefined, mayKeepClaims: undefined, shareIds: [] },
      requestingParty: undefined,
      usedPct: undefined,
    });
  });

  it('puts together what the process knew, what was kept, and what the client brings of one person', async () => {
    kept = progress(of(BOB, 'kept'), true, 's1', 's2');
    const collected = await collect(progress(of(BOB, 'before'), undefined, 's2', 's3'), {
      pushed: of(BOB, 'pushed'),
      pct: 'kept',
    });
    expect(namesOf(collected)).toEqual(['before', 'kept', 'pushed']);
    expect(collected.progress).toMatchObject({ mayKeepClaims: true });
    expect([...collected.progress.shareIds].sort()).toEqual(['s1', 's2', 's3']);
    expect(collected.usedPct?.id).toBe('kept');
  });

  it.each([
    ['no', false],
    ['yes', true],
  ])('goes by what the person said last about keeping claims: %s', async (_what, last) => {
    kept = progress(of(BOB), !last);
    const collected = await collect(progress(of(BOB), last), { pct: 'kept' });
    expect(collected.progress.mayKeepClaims).toBe(last);
  });

  it('takes a claim token of somebody else for all there is: neither claims nor consent of the one before count', async () => {
    kept = progress(of(BOB, 'kept'), true, 's1');
    const collected = await collect(progress(of(BOB, 'before'), true, 's2'), {
      pushed: of(CAROL, 'pushed'),
      pct: 'kept',
    });
    expect(collected.requestingParty?.person).toEqual(CAROL);
    expect(namesOf(collected)).toEqual(['pushed']);
    expect(collected.progress).toMatchObject({ mayKeepClaims: undefined, shareIds: [] });
    expect(collected.usedPct).toBeUndefined();
  });

  it('takes nothing from a PCT of somebody else than the process is about', async () => {
    kept = progress(of(CAROL, 'kept'), true, 's1');
    const collected = await collect(progress(of(BOB, 'before'), undefined, 's2'), { pct: 'kept' });
    expect(collected.requestingParty?.person).toEqual(BOB);
    expect(namesOf(collected)).toEqual(['before']);
    expect(collected.progress).toMatchObject({ mayKeepClaims: undefined, shareIds: ['s2'] });
    expect(collected.usedPct).toBeUndefined();
  });

  it('knows a person by a PCT alone, and nobody by one that is good for nothing', async () => {
    kept = progress(of(BOB), true);
    expect(await collect(BEGINNING, { pct: 'kept' })).toMatchObject({
      requestingParty: { person: BOB },
      usedPct: { id: 'kept' },
    });
    expect(await collect(BEGINNING, { pct: 'other' })).toMatchObject({
      requestingParty: undefined,
      usedPct: undefined,
    });
  });

  it('leaves open who is meant by a claim token that proves nothing, but forgets nothing that it knew', async () => {
    const before = progress(of(BOB), true, 's1');
    const collected = await collect(before, { pushed: null });
    expect(collected.requestingParty).toBeUndefined();
    expect(collected.progress).toEqual(before);
    isUsedUp = true;
    expect((await collect(before, { pushed: of(BOB) })).requestingParty).toBeUndefined();
    expect((await collect(before)).requestingParty?.person).toEqual(BOB);
  });

  it('is no longer certain of somebody whose proof is too old', async () => {
    const before = progress({ ...of(BOB), untilMs: now }, true);
    expect((await collect(before)).requestingParty).toBeUndefined();
  });
});
