import {
  type AccessState,
  type AccessView,
  clientApi,
  type HeartRateSample,
  NoLink,
  SignInNeeded,
} from './client-api.js';

/** Where the page stands with what was opened. */
export type Status = AccessState | 'asking' | 'leaving' | 'ended' | 'asked-again' | 'sign-in' | 'offline';

/** What the page shows. */
export interface SharedHeartView {
  readonly status: Status;
  /** The last minutes, oldest first; kept while a server is out of reach. */
  readonly samples: readonly HeartRateSample[];
  /** What the owner's server wants to know. */
  readonly wanted: readonly string[];
  /** When sharing was found to have ended. */
  readonly endedAt?: Date;
  /** When the newest answer was given, by the server's clock: a heartbeat's age is told by it, not by this machine's. */
  readonly asOfMs: number;
}

/** How a view begins. */
export const BEFORE: SharedHeartView = { status: 'asking', samples: [], wanted: [], asOfMs: 0 };

const WINDOW_MS = 15 * 60_000;
const POLL_MS = 1_000;
const TRY_AGAIN_MS = 5_000;
/** The page's own server knows whether the owner has answered. */
const WAITING_MS = 2_000;
/** A longer pause between two heartbeats means that some came meanwhile: the page slept, or the sensor sent many at once. */
const GAP_MS = 5_000;

/** States that pass by themselves: after how long the page looks again. */
const PASSING: ReadonlyMap<Status, number> = new Map<Status, number>([
  ['authorization-server-unreachable', TRY_AGAIN_MS],
  ['resource-server-unreachable', TRY_AGAIN_MS],
  ['offline', TRY_AGAIN_MS],
  ['owner-must-agree', WAITING_MS],
  ['asked-again', WAITING_MS],
]);

/** What a state means to somebody who had access before. */
const AFTER_ACCESS: ReadonlyMap<AccessState, Status> = new Map<AccessState, Status>([
  ['denied', 'ended'],
  ['owner-must-agree', 'asked-again'],
]);

/** Opens what a link leads to, loads the last minutes and keeps them fresh, until sharing ends or the page is left. */
export class SharedHeartWatch {
  private view = BEFORE;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;
  private hadAccess = false;
  private id: string | undefined;
  private endedAt: Date | undefined;

  constructor(
    private readonly resource: string,
    private readonly csrfToken: string,
    private readonly show: (view: SharedHeartView) => void,
  ) {}

  /** Begins. @param again whether to ask once more where the owner's answer is remembered */
  start(again: boolean): void {
    this.change({});
    this.attempt(() => this.open(again));
  }

  /** Sends the person to the owner's server, to tell it what it wants to know. */
  giveClaims(): void {
    this.act(async (id) => {
      const access = await clientApi.giveClaims(id, this.csrfToken);
      if (access.continueAt === undefined) return this.follow(access);
      this.change({ status: 'leaving' });
      location.assign(access.continueAt);
    });
  }

  /** Waits for the owner no longer. */
  cancel(): void {
    this.act(async (id) => this.follow(await clientApi.cancel(id, this.csrfToken)));
  }

  /** Ends: nothing is shown or asked any more. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private attempt(step: () => Promise<void>): void {
    step().catch((error: unknown) => {
      // Opened anew, should the server have lost it.
      this.id = undefined;
      this.change({ status: statusOf(error) });
      this.tryAgainIfPassing();
    });
  }

  private act(step: (id: string) => Promise<void>): void {
    const { id } = this;
    if (id === undefined) return;
    clearTimeout(this.timer);
    this.attempt(() => step(id));
  }

  private async open(again = false): Promise<void> {
    await this.follow(await clientApi.open(this.resource, this.csrfToken, again));
  }

  /** Asks how what was opened stands now: it is not opened a second time for that. */
  private async lookAgain(): Promise<void> {
    if (this.id === undefined) return this.open();
    await this.follow(await clientApi.latest(this.id));
  }

  private async follow(access: AccessView): Promise<void> {
    this.id = access.id;
    const id = this.learn(access);
    const newestMs = this.newestMs();
    if (id === undefined) return;
    if (newestMs !== undefined && this.learn(await clientApi.history(id, newestMs - WINDOW_MS)) === undefined) return;
    this.pollLater(id);
  }

  private async poll(id: string): Promise<void> {
    const beforeMs = this.newestMs();
    if (this.learn(await clientApi.latest(id)) === undefined) return;
    const newestMs = this.newestMs();
    if (newestMs !== undefined && beforeMs !== undefined && newestMs - beforeMs > GAP_MS) {
      // Of a longer history the server sends the oldest part, which would not be shown.
      const fromMs = Math.max(beforeMs, newestMs - WINDOW_MS);
      if (this.learn(await clientApi.history(id, fromMs)) === undefined) return;
    }
    this.pollLater(id);
  }

  /** Takes in an answer. @returns the id to go on with, when there is something to see */
  private learn({ id, state, samples, wanted, asOf }: AccessView): string | undefined {
    const after = this.hadAccess ? AFTER_ACCESS.get(state) : undefined;
    this.hadAccess ||= state === 'granted';
    if (after !== undefined) this.endedAt ??= new Date();
    if (state === 'granted') this.endedAt = undefined;
    this.change({
      status: after ?? state,
      samples: merged(this.view.samples, samples),
      wanted,
      asOfMs: Date.parse(asOf),
      ...(this.endedAt !== undefined && { endedAt: this.endedAt }),
    });
    this.tryAgainIfPassing();
    return state === 'granted' ? id : undefined;
  }

  private newestMs(): number | undefined {
    const newest = this.view.samples.at(-1);
    return newest && Date.parse(newest.recordedAt);
  }

  private tryAgainIfPassing(): void {
    const afterMs = PASSING.get(this.view.status);
    if (afterMs !== undefined) this.later(() => this.lookAgain(), afterMs);
  }

  private pollLater(id: string): void {
    this.later(() => this.poll(id), POLL_MS);
  }

  private later(step: () => Promise<void>, delayMs: number): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.attempt(step);
    }, delayMs);
  }

  private change(change: Partial<SharedHeartView>): void {
    if (this.stopped) return;
    this.view = { ...this.view, ...change };
    this.show(this.view);
  }
}

function statusOf(error: unknown): Status {
  if (error instanceof SignInNeeded) return 'sign-in';
  return error instanceof NoLink ? 'not-found' : 'offline';
}

/** All samples of the last minutes in order, each instant once. */
function merged(known: readonly HeartRateSample[], more: readonly HeartRateSample[]): readonly HeartRateSample[] {
  const [first, second] = more;
  if (first === undefined || (second === undefined && first.recordedAt === known.at(-1)?.recordedAt)) return known;
  const byTime = new Map([...more, ...known].map((sample) => [Date.parse(sample.recordedAt), sample]));
  const fromMs = Math.max(...byTime.keys()) - WINDOW_MS;
  return [...byTime]
    .filter(([timeMs]) => timeMs >= fromMs)
    .sort(([one], [other]) => one - other)
    .map(([, sample]) => sample);
}
