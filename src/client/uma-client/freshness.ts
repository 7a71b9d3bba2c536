const MAX_SECONDS = 3_600;
const WITHOUT_A_WORD_SECONDS = 300;

/**
 * For how many seconds an answer may be reused: what its headers say, at most an hour; five minutes when they say
 * nothing.
 *
 * @see RFC 9111 section 4.2.1
 */
export function freshnessSeconds(headers: { get(name: string): string | null }): number {
  const directives = (headers.get('cache-control') ?? '').toLowerCase();
  if (/\bno-(?:store|cache)\b/.test(directives)) return 0;
  const lifetime = maxAge(directives) ?? untilExpiry(headers);
  if (lifetime === undefined) return WITHOUT_A_WORD_SECONDS;
  return Math.min(MAX_SECONDS, Math.max(0, lifetime - (seconds(headers.get('age')) ?? 0)));
}

function maxAge(directives: string): number | undefined {
  return seconds(/(?:^|[\s,])max-age="?(\d+)/.exec(directives)?.[1]);
}

function untilExpiry(headers: { get(name: string): string | null }): number | undefined {
  const expires = headers.get('expires');
  if (expires === null) return undefined;
  const lifetime = (Date.parse(expires) - Date.parse(headers.get('date') ?? '')) / 1000;
  // A date that cannot be read, "0" above all, is in the past.
  return Number.isNaN(lifetime) ? 0 : lifetime;
}

const seconds = (text: string | null | undefined): number | undefined =>
  text != null && /^\d+$/.test(text) ? Number(text) : undefined;
