import type { Response } from 'undici';

import { FlowEnded } from './flow-ended.js';
import { Unreachable } from './http.js';

const UNREACHABLE = { kind: 'authorization-server-unreachable', reportedBy: 'client' } as const;

/** The authorization server has not looked at what it was asked: what was sent to it is still good. */
export class TooManyRequests extends FlowEnded {
  constructor() {
    super(UNREACHABLE);
  }
}

/**
 * Waits for an authorization server's answer.
 *
 * @throws FlowEnded `authorization-server-unreachable` when there is none, or the server says that it cannot work now (5xx)
 * @throws TooManyRequests, which is of the same kind, when it does not want to (429)
 * @see RFC 6585 section 4
 */
export async function unlessUnreachable<Reply extends { readonly response: Response }>(
  coming: Promise<Reply>,
): Promise<Reply> {
  const reply = await coming.catch((error: unknown) => {
    throw error instanceof Unreachable ? new FlowEnded(UNREACHABLE) : error;
  });
  const { status } = reply.response;
  if (status === 429) throw new TooManyRequests();
  if (status >= 500) throw new FlowEnded(UNREACHABLE);
  return reply;
}
