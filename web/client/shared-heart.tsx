import { Explanation } from './explanation.js';
import { HeartRate } from './heart-rate.js';
import { useSharedHeart } from './use-shared-heart.js';

/** A shared heart, and in words why there is nothing new to see when there is not. */
export function SharedHeart({ resource, csrfToken }: { readonly resource: string; readonly csrfToken: string }) {
  const { view, actions } = useSharedHeart(resource, csrfToken);
  const { status, samples, wanted, endedAt, asOfMs } = view;
  const shown = status === 'granted' || INTERRUPTIONS.has(status);
  return (
    <>
      {status !== 'granted' && <Explanation status={status} wanted={wanted} endedAt={endedAt} actions={actions} />}
      {status === 'granted' && samples.length === 0 && <Waiting />}
      {shown && samples.length > 0 && (
        <HeartRate samples={samples} asOfMs={asOfMs} interrupted={status !== 'granted'} host={hostOf(resource)} />
      )}
    </>
  );
}

/** What was seen before stays to be seen while a server is out of reach. */
const INTERRUPTIONS: ReadonlySet<string> = new Set([
  'authorization-server-unreachable',
  'resource-server-unreachable',
  'offline',
]);

function Waiting() {
  return (
    <section className="card" role="status" data-status="waiting">
      <h1>Waiting for the first heartbeat</h1>
      <p>This is shared with you. As soon as the sensor sends, you will see it here.</p>
    </section>
  );
}

const hostOf = (resource: string): string => (URL.canParse(resource) ? new URL(resource).host : '');
