import type { Response } from 'undici';

import { FlowEnded } from './flow-ended.js';

const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Sends a GET or HEAD request and follows redirects as long as they stay at the origin first called: an RPT must not
 * reach another one.
 *
 * @param send sends the request to a URL
 * @throws FlowEnded `protocol-violation` for a redirect to another origin, or more than 3 of them
 */
export async function followRedirects<Reply extends { readonly response: Response }>(
  first: string,
  send: (url: string) => Promise<Reply>,
): Promise<Reply> {
  let url = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const reply = await send(url);
    const location = reply.response.headers.get('location');
    if (!REDIRECTS.has(reply.response.status) || location === null) return reply;
    await reply.response.body?.cancel();
    const next = URL.canParse(location, url) ? new URL(location, url) : undefined;
    if (next?.origin !== new URL(first).origin) {
      throw new FlowEnded({ kind: 'protocol-violation', violation: 'cross-origin-redirect' });
    }
    url = next.href;
  }
  throw new FlowEnded({ kind: 'protocol-violation', violation: 'too-many-redirects' });
}
