import { request } from 'undici';

import type { Clock } from '../common/clock.js';
import { SESSION_REVOKED, SET_MEDIA_TYPE, SET_TYPE, TOKEN_CLAIMS_CHANGE } from '../uma/protocol/shared-signals.js';
import type { FakeKeys } from './fake-keys.js';

/** Where a resource server wants to be told, and what it wants to be shown. */
interface Delivery {
  readonly endpoint_url: string;
  readonly authorization_header: string;
}

const DELIVERED = [SESSION_REVOKED, TOKEN_CLAIMS_CHANGE];
/** The stream that everybody is told of. */
const STREAM = { format: 'opaque', id: 's1' };

/** Tells resource servers of what happens to tokens, as a transmitter of security events. @see SSF 1.0, RFC 8935 */
export class EventSender {
  private readonly deliveries = new Map<string, Delivery>();
  private readonly waiting: (() => void)[] = [];
  private count = 0;

  constructor(
    private readonly issuer: string,
    private readonly audience: string | undefined,
    private readonly clock: Clock,
    private readonly keys: FakeKeys,
  ) {}

  /** A stream as it is answered, with changes. @see SSF 1.0 section 8.1.1.1 */
  stream(changes: object = {}): object {
    return { stream_id: STREAM.id, iss: this.issuer, aud: this.audience, events_delivered: DELIVERED, ...changes };
  }

  /** Takes a request for a stream. @returns the stream */
  take(body: unknown): object {
    const { delivery } = body as { delivery: Delivery };
    this.deliveries.set(delivery.endpoint_url, delivery);
    for (const go of this.waiting.splice(0)) go();
    return this.stream();
  }

  /** Waits until somebody wants to be told. */
  async registered(): Promise<void> {
    if (this.deliveries.size === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /**
   * Tells everybody who has registered.
   *
   * @param subject what it is about; the stream itself when left out
   * @throws Error when nobody has registered, or somebody does not take it
   */
  async send(type: string, subject: object = STREAM): Promise<void> {
    if (this.deliveries.size === 0) throw new Error('No resource server has registered for security events.');
    this.count += 1;
    const event = { jti: `event-${this.count}`, sub_id: subject, events: { [type]: {} } };
    const token = await this.keys.sign(
      { iss: this.issuer, aud: this.audience, iat: this.clock.nowSeconds(), ...event },
      { typ: SET_TYPE },
    );
    await Promise.all([...this.deliveries.values()].map((delivery) => push(delivery, token)));
  }
}

async function push({ endpoint_url: url, authorization_header: authorization }: Delivery, token: string) {
  const headers = { authorization, 'content-type': SET_MEDIA_TYPE };
  const { statusCode, body } = await request(url, { method: 'POST', headers, body: token });
  await body.dump();
  if (statusCode !== 202) throw new Error(`${url} refused a security event with status ${statusCode}.`);
}
