import { randomUUID } from 'node:crypto';

import type { Reply } from '../loopback/loopback-server.js';
import type { MockCall } from './mock-call.js';

/** How the permission endpoint misbehaves, when a case wants it to. */
export type Fault = 'hang' | Reply;

/** A permission request that was answered with a ticket. */
export interface TicketGiven {
  readonly ticket: string;
  readonly owner: string;
  readonly asked: readonly { readonly resource_id: string; readonly resource_scopes: readonly string[] }[];
}

/** A protection API that keeps registrations, gives tickets, and says about tokens what a case has laid out. */
export class MockProtectionApi {
  /** Every ticket that was given, in order. */
  readonly tickets: TicketGiven[] = [];
  /** What introspection answers for a token; every other token is not active. */
  readonly tokens = new Map<string, Readonly<Record<string, unknown>>>();
  /** What the permission endpoint does instead of its duty. */
  fault: Fault | undefined;
  private readonly registrations = new Map<string, Readonly<Record<string, unknown>>>();

  /** @param ownerOf whose PAT a bearer token is */
  constructor(
    private readonly base: string,
    private readonly ownerOf: (bearer: string | undefined) => string | undefined,
  ) {}

  /** Ids of what is registered. */
  get ids(): readonly string[] {
    return [...this.registrations.keys()];
  }

  answer(call: MockCall): Reply | 'hang' {
    const owner = this.ownerOf(call.bearer);
    if (owner === undefined) return { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } };
    switch (call.path) {
      case '/permission':
        return this.fault ?? this.permission(call, owner);
      case '/introspect':
        return { status: 200, json: this.tokens.get(call.form.get('token') ?? '') ?? { active: false } };
      default:
        return this.registration(call);
    }
  }

  private permission({ json }: MockCall, owner: string): Reply {
    const asked = [json].flat() as TicketGiven['asked'];
    if (!asked.every(({ resource_id: id }) => this.registrations.has(id))) {
      return { status: 400, json: { error: 'invalid_resource_id' } };
    }
    const ticket = `ticket-${randomUUID()}`;
    this.tickets.push({ ticket, owner, asked });
    return { status: 201, json: { ticket } };
  }

  private registration({ method, path, json }: MockCall): Reply {
    const id = decodeURIComponent(path.slice('/resources/'.length));
    if (id === '') return method === 'POST' ? this.register(json) : { status: 200, json: this.ids };
    const known = this.registrations.get(id);
    if (known === undefined) return { status: 404, json: { error: 'not_found' } };
    if (method === 'GET') return { status: 200, json: { _id: id, ...known } };
    if (method === 'PUT') this.registrations.set(id, json as Readonly<Record<string, unknown>>);
    else this.registrations.delete(id);
    return { status: 200, json: { _id: id } };
  }

  private register(json: unknown): Reply {
    const id = randomUUID();
    this.registrations.set(id, json as Readonly<Record<string, unknown>>);
    return { status: 201, headers: { location: `${this.base}/resources/${id}` }, json: { _id: id } };
  }
}
