import { request } from 'undici';

const COUNT = /^http_request_duration_seconds_count\{.*route="([^"]*)".*\} (\d+)$/gm;
/** What is asked here. */
const METRICS = '/metrics';

/** How many calls a server of ours has answered since it began, by its own metrics; those for the metrics left out. */
export async function callsTo(origin: string): Promise<number> {
  const { body } = await request(`${origin}${METRICS}`);
  return callsIn(await body.text());
}

/** Adds up how many requests each route has answered. */
export function callsIn(metrics: string): number {
  const counts = [...metrics.matchAll(COUNT)].filter(([, route]) => route !== METRICS);
  return counts.reduce((sum, [, , count]) => sum + Number(count), 0);
}
