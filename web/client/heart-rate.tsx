import { HeartRateChart } from '../ui/heart-rate-chart.js';
import type { HeartRateSample } from './client-api.js';

const STALE_AFTER_MS = 15_000;

/** The latest value of a heart, and its last minutes. */
export function HeartRate(props: {
  readonly samples: readonly HeartRateSample[];
  /** The present time, by the server's clock. */
  readonly asOfMs: number;
  /** Whether a server is out of reach, so that nothing new can come. */
  readonly interrupted: boolean;
  readonly host: string;
}) {
  const { samples, asOfMs, interrupted, host } = props;
  const latest = samples.at(-1);
  if (latest === undefined) return null;
  const live = !interrupted && asOfMs - Date.parse(latest.recordedAt) < STALE_AFTER_MS;
  const Heading = interrupted ? 'h2' : 'h1';
  return (
    <section className="card" data-status={live ? 'live' : 'stale'} aria-labelledby="heart-rate">
      <div className="spread">
        <Heading id="heart-rate">Heart rate</Heading>
        <span className={live ? 'tag good' : 'tag'}>{live ? 'live' : 'no new heartbeat'}</span>
      </div>
      <div className="stack-tight">
        <p className="beat">
          <Heart beatsPerMinute={live ? latest.heartRate : undefined} />
          <strong className="figure" data-testid="heart-rate">
            {latest.heartRate}
          </strong>
          <abbr title="beats per minute">bpm</abbr>
        </p>
        <p className="muted small">
          Measured <time dateTime={latest.recordedAt}>{readable(latest.recordedAt, asOfMs)}</time>, kept at {host}
        </p>
      </div>
      {samples.length > 1 && <HeartRateChart samples={samples} />}
    </section>
  );
}

/** Beats as fast as the heart does, roughly: a new speed makes it jump, so that it changes in steps. */
function Heart({ beatsPerMinute }: { readonly beatsPerMinute: number | undefined }) {
  const step = beatsPerMinute === undefined ? undefined : Math.max(30, Math.round(beatsPerMinute / 10) * 10);
  return (
    <span
      aria-hidden="true"
      className={step === undefined ? 'heart' : 'heart beating'}
      {...(step !== undefined && { style: { animationDuration: `${60 / step}s` } })}
    >
      ♥
    </span>
  );
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A time in the reader's own way, with the day when it is another one than today. */
function readable(recordedAt: string, asOfMs: number): string {
  const time = new Date(recordedAt);
  const isToday = time.toDateString() === new Date(asOfMs).toDateString();
  const written = isToday
    ? time.toLocaleTimeString(undefined, { timeStyle: 'medium' })
    : time.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
  return `${written} (${zone})`;
}
