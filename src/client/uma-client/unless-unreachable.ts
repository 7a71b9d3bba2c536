import type { Response } from 'undici';

import { FlowEnded } from './flow-ended.js';
import { Unreachable } from './http.js';

/**
 * Waits for an authorization server's answer.
 *
 * @throws FlowEnded `authorization-server-unreachable` when there is none, or the server says that it cannot work (5xx)
 */
export async function unlessUnreachable<Reply extends { readonly response: Response }>(
  coming: Promise<Reply>,
): Promise<Reply> {
  const reply = await coming.catch((error: unknown) => {
    throw error instanceof Unreachable ? unreachable() : error;
  });
  if (reply.response.status >= 500) throw unreachable();
  return reply;
}

const unreachable = (): FlowEnded => new FlowEnded({ kind: 'authorization-server-unreachable', reportedBy: 'client' });
