import {
  type AccessState,
  type AccessView,
  clientApi,
  type HeartRateSample,
  NoLink,
  SignInNeeded,
} from './client-api.js';

/** Where the page stands with what was opened. */
export type Status = AccessState | 'asking' | 'ended' | 'sign-in' | 'offline';

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
/** A longer pause between two heartbeats means that some came meanwhile: the page slept, or the sensor sent many at once. */
const GAP_MS = 5_000;

/** States that pass by themselves: the page tries again. */
const PASSING: ReadonlySet<Status> = new Set<Status>([
  'authorization-server-unreachable',
  'resource-server-unreachable',
  'offline',
  'owner-must-agree',
]);

/** Opens what a link leads to, loads the last minutes and keeps them fresh, until sharing ends or the page is left. */
export class SharedHeartWatch {
  private view = BEFORE;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;
  private hadAccess = false;

  constructor(
    private readonly resource: string,
    private readonly csrfToken: string,
    private readonly show: (view: SharedHeartView) => void,
  ) {}

  /** Begins. */
  start(): void {
    this.change({});
    this.attempt(() => this.open());
  }

  /** Ends: nothing is shown or asked any more. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private attempt(step: () => Promise<void>): void {
    step().catch((error: unknown) => {
      this.change({ status: statusOf(error) });
      this.tryAgainIfPassing();
    });
  }

  private async open(): Promise<void> {
    const access = await clientApi.open(this.resource, this.csrfToken);
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
    const ended = state === 'denied' && this.hadAccess;
    this.hadAccess ||= state === 'granted';
    this.change({
      status: ended ? 'ended' : state,
      samples: merged(this.view.samples, samples),
      wanted,
      asOfMs: Date.parse(asOf),
      ...(ended && { endedAt: new Date() }),
    });
    this.tryAgainIfPassing();
    return state === 'granted' ? id : undefined;
  }

  private newestMs(): number | undefined {
    const newest = this.view.samples.at(-1);
    return newest && Date.parse(newest.recordedAt);
  }

  private tryAgainIfPassing(): void {
    if (PASSING.has(this.view.status)) this.later(() => this.open(), TRY_AGAIN_MS);
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
