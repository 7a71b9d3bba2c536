import { type Access, type AccessState, clientApi, type Sample, SignInNeeded } from './client-api.js';

/** Where the page stands with what was opened. */
export type Status = AccessState | 'asking' | 'ended' | 'sign-in' | 'offline';

/** What the page shows. */
export interface SharedHeartView {
  readonly status: Status;
  readonly samples: readonly Sample[];
  /** What the owner's server wants to know. */
  readonly wanted: readonly string[];
  /** When sharing was found to have ended. */
  readonly endedAt?: Date;
  /** When the newest answer came. */
  readonly asOfMs: number;
}

const WINDOW_MS = 15 * 60_000;
const POLL_MS = 1_000;
const TRY_AGAIN_MS = 5_000;

/** States that pass by themselves: the page tries again. */
const PASSING = new Set<Status>([
  'authorization-server-unreachable',
  'resource-server-unreachable',
  'offline',
  'owner-must-agree',
]);

/** Opens what a link leads to, loads the last minutes and keeps them fresh, until sharing ends or the page is left. */
export class SharedHeartWatch {
  private view: SharedHeartView = { status: 'asking', samples: [], wanted: [], asOfMs: Date.now() };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  constructor(
    private readonly resource: string,
    private readonly csrfToken: string,
    private readonly show: (view: SharedHeartView) => void,
  ) {}

  /** Begins; also begins anew. */
  start(): void {
    this.change({ status: 'asking' });
    this.attempt(() => this.open());
  }

  /** Ends: nothing is shown or asked any more. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private attempt(step: () => Promise<void>): void {
    step().catch((error: unknown) => {
      this.change({ status: error instanceof SignInNeeded ? 'sign-in' : 'offline' });
      this.tryAgainIfPassing();
    });
  }

  private async open(): Promise<void> {
    const access = await clientApi.open(this.resource, this.csrfToken);
    if (!this.learn(access)) return;
    const history = await clientApi.history(access.id, Date.now() - WINDOW_MS);
    if (!this.learn(history, history.samples ?? [])) return;
    await this.poll(access.id);
  }

  private async poll(id: string): Promise<void> {
    const access = await clientApi.latest(id);
    if (!this.learn(access, withLatest(this.view.samples, access.latest))) return;
    this.later(() => this.poll(id), POLL_MS);
  }

  /** Takes in an answer. @returns whether there is something to see */
  private learn(access: Access, samples = this.view.samples): boolean {
    const ended = this.view.status === 'granted' && access.state === 'denied';
    this.change({
      status: ended ? 'ended' : access.state,
      samples,
      wanted: access.wanted ?? [],
      ...(ended ? { endedAt: new Date() } : {}),
    });
    this.tryAgainIfPassing();
    return access.state === 'granted' && !this.stopped;
  }

  private tryAgainIfPassing(): void {
    if (PASSING.has(this.view.status)) this.later(() => this.open(), TRY_AGAIN_MS);
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
    this.view = { ...this.view, ...change, asOfMs: Date.now() };
    this.show(this.view);
  }
}

/** The samples of the last minutes with a newer one added; one that is known already changes nothing. */
function withLatest(known: readonly Sample[], latest: Sample | undefined): readonly Sample[] {
  const newest = known.at(-1);
  if (latest === undefined) return known;
  if (newest !== undefined && Date.parse(latest.recordedAt) <= Date.parse(newest.recordedAt)) return known;
  const fromMs = Date.parse(latest.recordedAt) - WINDOW_MS;
  return [...known.filter(({ recordedAt }) => Date.parse(recordedAt) >= fromMs), latest];
}
