import type { PreparedAnswer } from './prepared-answer.js';
import type { ReceivedCall } from './received-call.js';

/** A resource as it was registered, as it came. */
export type FakeRegistration = Readonly<Record<string, unknown>>;

/** The resource registration endpoint of a fake authorization server. @see UMA 2.0 Federated Authorization section 3.2 */
export class FakeRegistrations {
  /** What is registered, by `_id`. */
  readonly all = new Map<string, FakeRegistration>();
  private count = 0;

  /** @param id of the resource that the call is about; empty for all of them */
  answer({ method, body }: ReceivedCall, id: string, policyUri: string): PreparedAnswer {
    if (method === 'POST') return { status: 201, body: { _id: this.add(body), user_access_policy_uri: policyUri } };
    if (id === '') return { status: 200, body: [...this.all.keys()] };
    const known = this.all.get(id);
    if (known === undefined) return { status: 404, body: { error: 'not_found' } };
    if (method === 'GET') return { status: 200, body: { _id: id, ...known } };
    if (method === 'PUT') this.all.set(id, body as FakeRegistration);
    else this.all.delete(id);
    return method === 'PUT' ? { status: 200, body: { _id: id } } : { status: 204 };
  }

  /** Ids have a space, so that whoever forgets to encode them notices. */
  private add(body: unknown): string {
    this.count += 1;
    const id = `R ${this.count}`;
    this.all.set(id, body as FakeRegistration);
    return id;
  }
}
