import { FixedClock } from '../../common/clock.fake.js';
import type { Introspection } from '../protection-api/introspection.js';
import type { ProtectedResource, ProtectedResources } from '../protection-api/protected-resources.js';
import { Admission } from './admission.js';
import type { Attempt } from './attempt.js';
import { DecisionCache } from './decision-cache.js';
import type { PermissionChallenger } from './permission-challenger.js';
import type { Statement, TokenInspector } from './token-inspector.js';
import { UmaRefusal } from './uma-refusal.js';

const ISSUER = 'https://as.test';
const HEART: ProtectedResource = { id: 'heart', owner: { issuer: ISSUER, subject: 'alice' }, umaResourceId: 'R1' };

/** Answers questions when the test lets it, with what holds at that moment. */
class SlowAuthorizationServer {
  questions = 0;
  private readonly waiting: (() => void)[] = [];
  /** Whether it is the token that says it, and not somebody who knows the news. */
  isFixed = false;
  private isGood = true;

  private readonly issuedMs: number;

  constructor(private readonly clock: FixedClock) {
    this.issuedMs = clock.nowMs();
  }

  withdraw(): void {
    this.isGood = false;
  }

  inspect(): Promise<readonly Statement[]> {
    this.questions += 1;
    const askedAtMs = this.isFixed ? this.issuedMs : this.clock.nowMs();
    const answer: Introspection = this.isGood
      ? {
          active: true,
          askedAtMs,
          permissions: [{ resourceId: 'R1', resourceScopes: ['read'] }],
          binding: 'none',
          exp: this.clock.nowSeconds() + 900,
          tokenId: 't1',
        }
      : { active: false };
    return new Promise((resolve) => {
      this.waiting.push(() => {
        resolve([{ introspection: answer, isFixed: this.isFixed }]);
      });
    });
  }

  async answer(): Promise<void> {
    for (const go of this.waiting.splice(0)) go();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('Admission', () => {
  let clock: FixedClock;
  let server: SlowAuthorizationServer;
  let cache: DecisionCache;
  let admission: Admission;

  beforeEach(() => {
    clock = new FixedClock();
    server = new SlowAuthorizationServer(clock);
    cache = new DecisionCache({ maxEntries: 10 });
    const resources: ProtectedResources = { find: () => Promise.resolve(HEART) };
    const challenger = { challenge: () => Promise.resolve(new UmaRefusal(401, 'invalid_token', 'No.')) };
    admission = new Admission(
      clock,
      resources,
      server as unknown as TokenInspector,
      challenger as unknown as PermissionChallenger,
      cache,
      { realm: 'heart', audience: 'https://rs.test', introspectionCacheSeconds: 10, challengeBody: false },
    );
  });

  const attempt: Attempt = { token: { token: 'rpt' }, scopes: ['read'] };
  const isRemembered = () => admission.remembered(attempt, 'heart') !== undefined;
  const arrive = async (): Promise<{ readonly admitted: Promise<unknown> }> => {
    const admitted = admission.admit(attempt, ['heart']).catch((error: unknown) => error);
    await new Promise((resolve) => setImmediate(resolve));
    return { admitted };
  };
  const tellEnd = () => {
    server.withdraw();
    cache.forget({ issuer: ISSUER, tokenId: 't1', kind: 'ended' }, clock.nowMs());
  };

  it('remembers what the authorization server says', async () => {
    const { admitted } = await arrive();
    await server.answer();
    expect(await admitted).toMatchObject([{ resource: HEART, scopes: ['read'] }]);
    expect(isRemembered()).toBe(true);
  });

  it('asks again when the end of the token is told while its question is under way, and believes the later answer', async () => {
    const { admitted } = await arrive();
    clock.advanceMs(5);
    tellEnd();
    clock.advanceMs(5);
    await server.answer();
    expect(server.questions).toBe(2);
    await server.answer();
    expect(await admitted).toBeInstanceOf(UmaRefusal);
    expect(isRemembered()).toBe(false);
  });

  it('asks twice at most, and remembers nothing, when news comes in again and again', async () => {
    const { admitted } = await arrive();
    const news = () => {
      cache.forget({ issuer: ISSUER, tokenId: 't1', kind: 'changed' }, clock.nowMs());
    };
    news();
    await server.answer();
    news();
    await server.answer();
    expect(await admitted).toMatchObject([{ resource: HEART, scopes: ['read'] }]);
    expect(server.questions).toBe(2);
    expect(isRemembered()).toBe(false);
  });

  it('believes nothing that a token says itself once there was news of it', async () => {
    server.isFixed = true;
    const { admitted } = await arrive();
    await server.answer();
    expect(await admitted).toMatchObject([{ scopes: ['read'] }]);
    clock.advanceMs(1_000);
    cache.forget({ issuer: ISSUER, tokenId: 't1', kind: 'ended' }, clock.nowMs());
    clock.advanceMs(60_000);
    const { admitted: again } = await arrive();
    await server.answer();
    expect(await again).toBeInstanceOf(UmaRefusal);
  });
});
