import * as fc from 'fast-check';

import { isInForce, type Share, type ShareTerms } from '../policy/share.js';
import { changesOthers, takesAway, termsAfter } from './share-changes.js';

const instant = fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined });
const some = (...values: string[]) => fc.uniqueArray(fc.constantFrom(...values));
const terms: fc.Arbitrary<ShareTerms> = fc.record({
  scopes: some('read', 'write'),
  clients: fc.option(some('c1', 'c2'), { nil: undefined }),
  purposes: fc.option(some('TREAT', 'HRESCH'), { nil: undefined }),
  paused: fc.boolean(),
  startsMs: instant,
  expiresMs: instant,
});
const share = terms.map((its): Share => ({
  id: 'share',
  ownerId: 'alice',
  target: { resourceId: 'r1' },
  grantee: { kind: 'person', person: { issuer: 'https://as.test', subject: 'bob' } },
  createdMs: 0,
  ...its,
}));

/** Whatever terms give, one by one. */
function given(its: ShareTerms): ReadonlySet<string> {
  const { scopes, clients = ['c1', 'c2', 'c3'], purposes = ['TREAT', 'HRESCH', 'none'] } = its;
  const instants = [-1, 0, 1, 2, 3, 4, 5].filter((atMs) => isInForce(its, atMs));
  return new Set(
    instants.flatMap((atMs) =>
      scopes.flatMap((scope) =>
        clients.flatMap((client) => purposes.map((why) => `${atMs} ${scope} ${client} ${why}`)),
      ),
    ),
  );
}

const isSubset = (part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean =>
  [...part].every((one) => whole.has(one));

describe('takesAway', () => {
  it('is false only when everything that was given still is', () => {
    fc.assert(
      fc.property(terms, terms, (before, after) => {
        expect(takesAway(before, after) || isSubset(given(before), given(after))).toBe(true);
      }),
    );
  });

  it('is false of terms that stay as they are', () => {
    fc.assert(
      fc.property(terms, (its) => {
        expect(takesAway(its, { ...its })).toBe(false);
      }),
    );
  });
});

describe('termsAfter', () => {
  const NOW = 2;
  const approval = fc.record({
    scopes: fc.uniqueArray(fc.constantFrom('read', 'write'), { minLength: 1 }),
    clientId: fc.constantFrom('c1', 'c2'),
    expiresMs: fc.option(fc.integer({ min: 3, max: 4 }), { nil: undefined }),
  });
  const before = fc.option(
    share.filter(({ expiresMs }) => expiresMs === undefined || expiresMs > NOW),
    { nil: undefined },
  );

  it('gives what was allowed, now, to the client that asked', () => {
    fc.assert(
      fc.property(approval, before, (allowed, existing) => {
        const after = termsAfter(allowed, existing, NOW);
        const why = after.purposes === undefined ? 'none' : after.purposes[0];
        for (const scope of allowed.scopes) {
          if (why !== undefined) expect(given(after)).toContain(`${NOW} ${scope} ${allowed.clientId} ${why}`);
        }
      }),
    );
  });

  it('gives nothing now but what was allowed or was given already, to nobody else and for no other purpose', () => {
    fc.assert(
      fc.property(approval, share, (allowed, existing) => {
        const after = termsAfter(allowed, existing, NOW);
        const known = isInForce(existing, NOW) ? existing.scopes : [];
        expect([...after.scopes].sort()).toEqual([...new Set([...known, ...allowed.scopes])].sort());
        expect(after.clients?.filter((one) => one !== allowed.clientId)).toEqual(
          existing.clients?.filter((one) => one !== allowed.clientId),
        );
        expect(after.purposes).toEqual(existing.purposes);
      }),
    );
  });

  it('leaves everything else of a share in force as it was, when it does not change others', () => {
    fc.assert(
      fc.property(approval, share, (allowed, existing) => {
        fc.pre(isInForce(existing, NOW) && !changesOthers(allowed, existing, NOW));
        const after = termsAfter(allowed, existing, NOW);
        const others = existing.scopes.filter((scope) => !(allowed.scopes as readonly string[]).includes(scope));
        expect(given({ ...after, scopes: others })).toEqual(given({ ...existing, scopes: others }));
      }),
    );
  });

  it('ends when the owner says so, else when the share did', () => {
    fc.assert(
      fc.property(approval, before, (allowed, existing) => {
        expect(termsAfter(allowed, existing, NOW).expiresMs).toBe(allowed.expiresMs ?? existing?.expiresMs);
      }),
    );
  });
});
