import { FixedClock } from '../../common/clock.fake.js';
import { FakeSampleLog } from '../../measurements/sample-log.fake.js';
import type { Admission } from '../../uma/guard/admission.js';
import type { Attempt } from '../../uma/guard/attempt.js';
import type { UmaDecision } from '../../uma/guard/uma-decision.js';
import { UmaRefusal, unknownResource } from '../../uma/guard/uma-refusal.js';
import { TokenEndings } from '../../uma/security-events/token-endings.js';
import { GrantWatch } from './grant-watch.js';
import { FakeSink } from './live-sink.fake.js';
import { LiveStreams } from './live-streams.js';
import type { LiveViewer } from './live-viewer.js';

const ISSUER = 'https://as.test';
const STREAM = 'heart-rate:stream';
const resource = { id: 'heart', owner: { issuer: ISSUER, subject: 'alice' }, umaResourceId: 'R1' };
const unreachable = new UmaRefusal(403, 'temporarily_unavailable', 'It is away.');

/** What an authorization server says of tokens, and how long that is remembered. */
class FakeAdmission implements Pick<Admission, 'admit' | 'judge' | 'remembered'> {
  questions = 0;
  /** Whether the authorization server would tell of changes, so that decisions are remembered. */
  isTold = true;
  /** What a token opens; an error when nobody can say. */
  readonly opened = new Map<string, UmaDecision | UmaRefusal>();
  /** Holds answers back. */
  gate: Promise<void> = Promise.resolve();

  constructor(private readonly clock: FixedClock) {}

  remembered({ token, scopes }: Attempt): UmaDecision | undefined {
    const decision = this.isTold ? this.opened.get(token?.token ?? '') : undefined;
    return decision instanceof UmaRefusal || !opens(decision, scopes) ? undefined : decision;
  }

  async judge(attempt: Attempt): ReturnType<Admission['judge']> {
    this.questions += 1;
    const said = this.opened.get(attempt.token?.token ?? '');
    const decision = said === undefined || said instanceof UmaRefusal ? said : { ...said, askedMs: this.clock.nowMs() };
    await this.gate;
    if (decision instanceof UmaRefusal) throw decision;
    return { resource, isOpen: opens(decision, attempt.scopes), decision };
  }

  async admit(attempt: Attempt): Promise<readonly UmaDecision[]> {
    const { isOpen, decision } = await this.judge(attempt);
    if (isOpen && decision !== undefined) return [decision];
    throw new UmaRefusal(401, 'invalid_token', 'No.');
  }
}

const opens = (decision: UmaDecision | undefined, scopes: Attempt['scopes']): decision is UmaDecision =>
  decision !== undefined && Array.isArray(scopes) && scopes.every((scope) => decision.scopes.includes(scope as string));

describe('GrantWatch', () => {
  let clock: FixedClock;
  let admission: FakeAdmission;
  let endings: TokenEndings;
  let log: FakeSampleLog;
  let streams: LiveStreams;
  let watch: GrantWatch;

  beforeEach(() => {
    clock = new FixedClock();
    admission = new FakeAdmission(clock);
    endings = new TokenEndings();
    log = new FakeSampleLog();
    streams = new LiveStreams(log, admission as unknown as Admission, clock, { baseUrl: 'https://rs.test' });
    watch = new GrantWatch(streams, admission as unknown as Admission, clock, endings);
    admission.opened.set('rpt', decision());
  });

  const decision = (changes: Partial<UmaDecision> = {}): UmaDecision => ({
    resource,
    scopes: [STREAM],
    askedMs: clock.nowMs(),
    tokenId: 't1',
    endsMs: clock.nowMs() + 900_000,
    ...changes,
  });
  const attempt = (token = 'rpt'): Attempt => ({ token: { token }, scopes: [STREAM] });
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  async function view(token = 'rpt'): Promise<{ sink: FakeSink; viewer: LiveViewer }> {
    const sink = new FakeSink();
    const viewer = await streams.watch({ attempt: attempt(token), resourceId: 'heart', sink }, () => undefined);
    await streams.start(viewer, undefined);
    return { sink, viewer };
  }

  const endOf = ({ told }: FakeSink): unknown => told.flatMap((one) => (one[0] === 'ended' ? [one[1].reason] : []))[0];

  /** Looks each second for a while, as the ticker does. */
  async function pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      clock.advanceMs(1_000);
      watch.look();
      await settled();
    }
  }

  describe('told that a token has ended', () => {
    it('ends its streams at once, without a question', async () => {
      const [one, another] = [await view(), await view()];
      const { questions } = admission;
      endings.publish({ issuer: ISSUER, tokenId: 't1', kind: 'ended' });
      expect([endOf(one.sink), endOf(another.sink)]).toEqual(['withdrawn', 'withdrawn']);
      log.add('heart', 60);
      expect(one.sink.heartRates).toEqual([]);
      expect(admission.questions).toBe(questions);
      expect([...streams.viewers()]).toEqual([]);
    });

    it.each([
      ['another token', { issuer: ISSUER, tokenId: 't2' }],
      ['a token of another issuer', { issuer: 'https://other.test', tokenId: 't1' }],
    ])('leaves others alone: %s', async (_what, told) => {
      const { sink } = await view();
      endings.publish({ ...told, kind: 'ended' });
      await settled();
      log.add('heart', 60);
      expect(sink.heartRates).toEqual([60]);
    });

    it('asks about each when it can be any token', async () => {
      admission.opened.set('good', decision({ tokenId: 't2' }));
      const [bad, good] = [await view('rpt'), await view('good')];
      admission.opened.delete('rpt');
      endings.publish({ issuer: ISSUER, tokenId: undefined, kind: 'ended' });
      await settled();
      expect([endOf(bad.sink), endOf(good.sink)]).toEqual(['withdrawn', undefined]);
    });
  });

  describe('told that a token has changed', () => {
    const tell = async () => {
      endings.publish({ issuer: ISSUER, tokenId: 't1', kind: 'changed' });
      await settled();
    };

    it('ends the stream when the token does not open it any more', async () => {
      const { sink } = await view();
      admission.opened.set('rpt', decision({ scopes: ['heart-rate:summary'] }));
      await tell();
      expect(endOf(sink)).toBe('narrowed');
    });

    it('lets the stream go on when it still does', async () => {
      const { sink, viewer } = await view();
      admission.opened.set('rpt', decision({ scopes: [STREAM, 'heart-rate:read'] }));
      await tell();
      expect(endOf(sink)).toBeUndefined();
      expect(viewer.grant.decision.scopes).toEqual([STREAM, 'heart-rate:read']);
    });

    it('asks once more when there is news while it asks', async () => {
      const { sink } = await view();
      let open: () => void = () => undefined;
      admission.gate = new Promise((resolve) => {
        open = resolve;
      });
      const { questions } = admission;
      await tell();
      admission.opened.delete('rpt');
      await tell();
      open();
      await settled();
      expect(admission.questions).toBe(questions + 2);
      expect(endOf(sink)).toBe('withdrawn');
    });

    it('believes an answer about the token that the client has now, and none about an earlier one', async () => {
      const { sink, viewer } = await view();
      let open: () => void = () => undefined;
      admission.opened.set('new', decision({ tokenId: 't2' }));
      const renewed = streams.renew([viewer], attempt('new'));
      await renewed;
      admission.gate = new Promise((resolve) => {
        open = resolve;
      });
      endings.publish({ issuer: ISSUER, tokenId: 't2', kind: 'changed' });
      await settled();
      admission.opened.set('newest', decision({ tokenId: 't3' }));
      viewer.renew({ attempt: attempt('newest'), decision: decision({ tokenId: 't3' }) });
      open();
      await settled();
      expect(endOf(sink)).toBeUndefined();
    });
  });

  describe('looking after a stream each second', () => {
    it('asks nobody while decisions are remembered, because changes would be told', async () => {
      await view();
      const { questions } = admission;
      await pass(120);
      expect(admission.questions).toBe(questions);
    });

    it('asks every 15 s where nobody would tell, and ends what was withdrawn', async () => {
      const { sink } = await view();
      admission.isTold = false;
      const { questions } = admission;
      await pass(46);
      expect(admission.questions).toBe(questions + 3);
      admission.opened.delete('rpt');
      await pass(13);
      expect(endOf(sink)).toBeUndefined();
      await pass(2);
      expect(endOf(sink)).toBe('withdrawn');
    });

    it('counts from the question, though its answer is remembered for a while', async () => {
      await view();
      const { questions } = admission;
      await pass(9);
      admission.isTold = false;
      await pass(5);
      expect(admission.questions).toBe(questions);
      await pass(1);
      expect(admission.questions).toBe(questions + 1);
    });

    it('warns a minute before the token ends, once, and ends with it', async () => {
      const { sink, viewer } = await view();
      const { endsMs = 0 } = viewer.grant.decision;
      await pass(839);
      expect(sink.told.map(([name]) => name)).toEqual(['snapshot']);
      await pass(2);
      expect(sink.told.slice(1)).toEqual([
        ['auth:expiring', { resource: 'heart', expiresAt: new Date(endsMs).toISOString() }],
      ]);
      admission.opened.delete('rpt');
      admission.isTold = false;
      clock.advanceMs(endsMs - clock.nowMs());
      log.add('heart', 60);
      expect(sink.heartRates).toEqual([]);
      await pass(1);
      expect(endOf(sink)).toBe('expired');
    });

    it('goes on with another token, and warns of its end', async () => {
      const { sink, viewer } = await view();
      await pass(841);
      admission.opened.set('new', decision({ tokenId: 't2' }));
      await streams.renew([viewer], attempt('new'));
      admission.opened.delete('rpt');
      endings.publish({ issuer: ISSUER, tokenId: 't1', kind: 'ended' });
      await pass(60);
      log.add('heart', 60);
      expect(sink.heartRates).toEqual([60]);
      await pass(785);
      expect(sink.told.filter(([name]) => name === 'auth:expiring')).toHaveLength(2);
    });

    it('does not take another token that opens nothing, and goes on with the one it has', async () => {
      const { sink, viewer } = await view();
      await expect(streams.renew([viewer], attempt('made-up'))).rejects.toThrow(UmaRefusal);
      log.add('heart', 60);
      expect(sink.heartRates).toEqual([60]);
    });

    it.each([
      ['deleted', unknownResource()],
      ['unreachable', unreachable],
    ])('says %s when that is so', async (reason, refusal) => {
      const { sink } = await view();
      admission.isTold = false;
      admission.opened.set('rpt', refusal);
      await pass(15);
      expect(endOf(sink)).toBe(reason);
    });

    it('ends the stream of a client that takes nothing for half a minute', async () => {
      const { sink } = await view();
      sink.stall();
      log.add('heart', 60);
      await pass(29);
      expect(endOf(sink)).toBeUndefined();
      await pass(1);
      expect(endOf(sink)).toBe('too_slow');
    });

    it('asks at once when the clock was set back: nobody knows then how old the last answer is', async () => {
      await view();
      admission.isTold = false;
      const { questions } = admission;
      clock.advanceMs(-3_600_000);
      watch.look();
      expect(admission.questions).toBe(questions + 1);
    });
  });

  it('lets nobody in whose token ends while it is looked at for the second time', async () => {
    const sink = new FakeSink();
    const judge = admission.judge.bind(admission);
    let looks = 0;
    admission.judge = async (asked) => {
      const judged = await judge(asked);
      looks += 1;
      if (looks === 2) {
        admission.opened.delete('rpt');
        endings.publish({ issuer: ISSUER, tokenId: 't1', kind: 'ended' });
      }
      return judged;
    };
    const entering = streams.watch({ attempt: attempt(), resourceId: 'heart', sink }, () => undefined);
    await expect(entering).rejects.toThrow(UmaRefusal);
    expect(sink.told).toEqual([]);
    expect([...streams.viewers()]).toEqual([]);
  });

  it('gives out what another process stored, though nobody tells', async () => {
    const { sink } = await view();
    log.store('heart', 60, 61);
    await streams.readOn();
    expect(sink.heartRates).toEqual([60, 61]);
  });

  it('goes on with another token with all streams of a socket, or with none', async () => {
    const [one, another] = [await view(), await view()];
    const judge = admission.judge.bind(admission);
    admission.opened.set('new', decision({ tokenId: 't2' }));
    let questions = 0;
    admission.judge = async (asked) => {
      questions += 1;
      if (questions === 2) throw unreachable;
      return judge(asked);
    };
    await expect(streams.renew([one.viewer, another.viewer], attempt('new'))).rejects.toThrow(UmaRefusal);
    expect([one, another].map(({ viewer }) => viewer.grant.decision.tokenId)).toEqual(['t1', 't1']);
  });

  it('lets nobody in any more when the server stops', async () => {
    streams.onModuleDestroy();
    await expect(view()).rejects.toMatchObject({ status: 503 });
    expect([...streams.viewers()]).toEqual([]);
  });

  it('tells everybody when the server stops', async () => {
    const { sink } = await view();
    streams.onModuleDestroy();
    expect(endOf(sink)).toBe('shutdown');
  });
});
