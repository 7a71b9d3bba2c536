import { randomUUID } from 'node:crypto';

import type { Reply } from '../loopback/loopback-server.js';
import type { MockCall } from './mock-call.js';

/** What a ticket leads to, when it is presented for the first time. */
export type Outcome = (call: MockCall) => Reply;

/** A UMA grant whose every ticket leads to what a case has laid out. */
export class MockGrant {
  /** Every ticket that came to the token endpoint, in order. */
  readonly presented: { readonly ticket: string; readonly call: MockCall }[] = [];
  private readonly outcomes = new Map<string, Outcome>();

  /** A fresh ticket. */
  ticket(outcome: Outcome): string {
    const ticket = `ticket-${randomUUID()}`;
    this.outcomes.set(ticket, outcome);
    return ticket;
  }

  /** The calls that presented a ticket. */
  callsWith(ticket: string): readonly MockCall[] {
    return this.presented.filter((one) => one.ticket === ticket).map(({ call }) => call);
  }

  /** A ticket is good once, and whoever presents it again is told so. */
  redeem(call: MockCall): Reply {
    const ticket = call.form.get('ticket') ?? '';
    const used = this.callsWith(ticket).length > 0;
    this.presented.push({ ticket, call });
    const outcome = this.outcomes.get(ticket);
    if (used || outcome === undefined) return { status: 400, json: { error: 'invalid_grant' } };
    return outcome(call);
  }
}

/** A requesting party token that no other case knows. */
export const freshRpt = (): string => `rpt-${randomUUID()}`;

/** Grants a token. @param members of the answer beside it */
export function granting(rpt: string, members: Readonly<Record<string, unknown>> = {}): Outcome {
  return () => ({ status: 200, json: { access_token: rpt, token_type: 'Bearer', expires_in: 900, ...members } });
}

/** Refuses with 403. @param members of the answer beside the error: the next ticket above all */
export function refusing(error: string, members: Readonly<Record<string, unknown>> = {}): Outcome {
  return () => ({ status: 403, json: { error, ...members } });
}
