import { FixedClock } from '../common/clock.fake.js';
import { Secret } from '../common/secret.js';
import { type RefreshOutcome, TokenRefresher } from './token-refresher.js';
import type { TokenSet } from './token-set.js';
import type { KeptTokens, TokenStore } from './token-store.js';

const tokensOf = (name: string): TokenSet => ({
  accessToken: new Secret(name),
  refreshToken: new Secret(`refresh ${name}`),
  scope: 'openid',
});

/** One row in memory, whose claim another instance may hold; `whenPolled` is what that instance does meanwhile. */
class OneRow {
  kept: KeptTokens | undefined = { issuer: 'https://as.example', tokens: tokensOf('old'), version: 1 };
  heldElsewhere = false;
  polls = 0;
  whenPolled: () => void = () => undefined;
  readonly releases: number[] = [];

  read(): Promise<KeptTokens | undefined> {
    return Promise.resolve(this.kept);
  }

  claim(): Promise<boolean> {
    this.polls += 1;
    if (this.heldElsewhere) this.whenPolled();
    return Promise.resolve(!this.heldElsewhere);
  }

  replace(_id: string, version: number, tokens: TokenSet): Promise<void> {
    this.kept = { issuer: 'https://as.example', tokens, version: version + 1 };
    return Promise.resolve();
  }

  release(_id: string, version: number): Promise<void> {
    this.releases.push(version);
    return Promise.resolve();
  }
}

describe('TokenRefresher', () => {
  let row: OneRow;
  let spent: string[];
  let outcome: RefreshOutcome;
  let refused: string[];
  const isNew = ({ accessToken }: TokenSet) => accessToken.reveal() !== 'old';
  const fresh = async (isGood: (tokens: TokenSet) => boolean = isNew) => {
    const refresher = new TokenRefresher(row as unknown as TokenStore, new FixedClock(), {
      spend: (refreshToken) => {
        spent.push(refreshToken.reveal());
        return Promise.resolve(outcome);
      },
      refused: (id) => {
        refused.push(id);
        return Promise.resolve();
      },
      pollMs: 0,
    });
    return (await refresher.fresh('id', isGood))?.accessToken.reveal();
  };

  beforeEach(() => {
    row = new OneRow();
    [spent, refused] = [[], []];
    outcome = { kind: 'refreshed', tokens: tokensOf('new') };
  });

  it('leaves good tokens alone', async () => {
    expect(await fresh(() => true)).toBe('old');
    expect(spent).toEqual([]);
  });

  it('has nothing to give where nothing is kept', async () => {
    row.kept = undefined;
    expect(await fresh()).toBeUndefined();
  });

  it('spends the refresh token and keeps the new one', async () => {
    expect(await fresh()).toBe('new');
    expect(spent).toEqual(['refresh old']);
    expect(row.kept?.tokens.refreshToken?.reveal()).toBe('refresh new');
  });

  it('keeps the old refresh token and scope where the answer has no new ones', async () => {
    outcome = { kind: 'refreshed', tokens: { accessToken: new Secret('new') } };
    expect(await fresh()).toBe('new');
    expect(row.kept?.tokens).toMatchObject({ scope: 'openid' });
    expect(row.kept?.tokens.refreshToken?.reveal()).toBe('refresh old');
  });

  it('gives nothing when the new tokens are no better', async () => {
    expect(await fresh(() => false)).toBeUndefined();
    expect(spent).toEqual(['refresh old']);
  });

  it('gives nothing without a refresh token', async () => {
    row.kept = { issuer: 'https://as.example', tokens: { accessToken: new Secret('old'), scope: '' }, version: 1 };
    expect(await fresh()).toBeUndefined();
    expect(row.polls).toBe(0);
  });

  it('frees the row again when the authorization server is away', async () => {
    outcome = { kind: 'unavailable' };
    expect(await fresh()).toBeUndefined();
    expect([row.releases, refused]).toEqual([[1], []]);
  });

  it('tells when the refresh token is good no more', async () => {
    outcome = { kind: 'refused' };
    expect(await fresh()).toBeUndefined();
    expect([row.releases, refused]).toEqual([[], ['id']]);
  });

  it('waits for another instance that is refreshing, and takes what it got', async () => {
    row.heldElsewhere = true;
    row.whenPolled = () => {
      if (row.polls === 3) row.kept = { issuer: 'https://as.example', tokens: tokensOf('theirs'), version: 2 };
    };
    expect(await fresh()).toBe('theirs');
    expect(spent).toEqual([]);
  });

  it('refreshes itself when the other instance gave up', async () => {
    row.heldElsewhere = true;
    row.whenPolled = () => {
      row.heldElsewhere = row.polls < 3;
    };
    expect(await fresh()).toBe('new');
    expect(spent).toEqual(['refresh old']);
  });

  it('does not wait for ever', async () => {
    row.heldElsewhere = true;
    expect(await fresh()).toBeUndefined();
    expect(row.polls).toBe(100);
  });
});
