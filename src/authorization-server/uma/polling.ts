import type { PermissionTicket } from './permission-tickets.js';

/** How long a ticket is good while the owner is being asked, in seconds: an owner may answer tomorrow. */
export const SUBMITTED_TICKET_SECONDS = 86_400;

/** How long a client waits before it asks for the first time, in seconds. */
export const FIRST_POLL_SECONDS = 5;

/** How long a client waits at most, in seconds. */
export const LONGEST_POLL_SECONDS = 60;

/**
 * How long a client is to wait before it asks again, in seconds: a second longer each time, so that whoever waits for hours
 * asks once a minute. One that comes too early is told to wait twice as long; it never loses its way, because each answer
 * has a ticket.
 *
 * @see UMA 2.0 Grant section 3.3.6
 */
export function pollInterval(
  { progress: { pollSeconds }, issuedMs }: Pick<PermissionTicket, 'progress' | 'issuedMs'>,
  nowMs: number,
): number {
  if (pollSeconds === undefined) return FIRST_POLL_SECONDS;
  const isTooEarly = nowMs < issuedMs + pollSeconds * 1000;
  return Math.min(isTooEarly ? pollSeconds * 2 : pollSeconds + 1, LONGEST_POLL_SECONDS);
}
