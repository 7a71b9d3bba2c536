import { HeartRateChart } from '../ui/heart-rate-chart.js';
import { Explanation } from './explanation.js';
import { useSharedHeart } from './use-shared-heart.js';

const STALE_AFTER_MS = 15_000;

/** A shared heart: its latest value, the last minutes, and in words why there is nothing to see when there is not. */
export function SharedHeart({ resource, csrfToken }: { readonly resource: string; readonly csrfToken: string }) {
  const { status, samples, wanted, endedAt, asOfMs, retry } = useSharedHeart(resource, csrfToken);
  const latest = samples.at(-1);

  if (status !== 'granted') {
    return <Explanation status={status} wanted={wanted} endedAt={endedAt} retry={retry} />;
  }
  if (latest === undefined) {
    return (
      <section className="card">
        <h1>Waiting for the first heartbeat</h1>
        <p role="status">This is shared with you. As soon as the sensor sends, you will see it here.</p>
      </section>
    );
  }
  const live = asOfMs - Date.parse(latest.recordedAt) < STALE_AFTER_MS;
  return (
    <section className="card">
      <p className="beat">
        <span aria-hidden="true" className={live ? 'heart beating' : 'heart'}>
          ♥
        </span>{' '}
        <strong className="figure" data-testid="heart-rate">
          {latest.heartRate}
        </strong>{' '}
        <abbr title="beats per minute">bpm</abbr>{' '}
        <span className={live ? 'tag good' : 'tag'}>{live ? 'live' : 'no new heartbeat'}</span>
      </p>
      <p className="muted">
        Measured at <time dateTime={latest.recordedAt}>{readable(latest.recordedAt)}</time>
      </p>
      <HeartRateChart samples={samples} label="Heart rate over the last 15 minutes, in beats per minute" />
    </section>
  );
}

const readable = (time: string): string =>
  new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', dateStyle: 'medium' }).format(new Date(time)) +
  ` (${Intl.DateTimeFormat().resolvedOptions().timeZone})`;
