import { Injectable, Logger } from '@nestjs/common';

import { randomId } from '../../common/randomness.js';
import { EventAudience } from './event-audience.js';
import { verificationOf } from './event-outbox.js';
import { EventReceivers, type Recipient } from './event-receivers.js';
import { type PendingEvent, PendingEvents } from './pending-events.js';
import { type PushOutcome, pushSet } from './set-push.js';
import { SetSigner } from './set-signer.js';

/** How many events are pushed to one receiver at the same time. */
const AT_ONCE = 32;

/** Pushes to one receiver what it is to be told. */
@Injectable()
export class EventPusher {
  private readonly logger = new Logger('SecurityEvents');

  constructor(
    private readonly receivers: EventReceivers,
    private readonly events: PendingEvents,
    private readonly audience: EventAudience,
    private readonly signer: SetSigner,
  ) {}

  /** Pushes whatever is due for a receiver, until nothing is left or the receiver is not there. */
  async pushTo(recipient: Recipient): Promise<void> {
    const audience = await this.audience.of(recipient.clientId);
    for (;;) {
      const events = await this.events.take(recipient.id, AT_ONCE);
      if (events.length === 0) return;
      const outcomes = await Promise.all(
        events.map(({ eventId, claims }) => pushSet(recipient, this.signer.sign({ eventId, audience, claims }))),
      );
      const by = (kind: PushOutcome['kind']) => events.filter((_event, index) => outcomes[index]?.kind === kind);
      await this.events.delivered(by('taken'));
      for (const [index, event] of events.entries()) await this.noteRefusal(recipient, event, outcomes[index]);
      await this.events.giveBack(by('unreachable'));
      if (by('unreachable').length > 0) return this.missed(recipient);
      if (recipient.failures > 0 && by('taken').length > 0) await this.reached(recipient);
    }
  }

  /** Tells a receiver that nothing is left to be told. */
  async beat(recipient: Recipient): Promise<void> {
    const audience = await this.audience.of(recipient.clientId);
    const claims = verificationOf(recipient.streamId);
    const outcome = await pushSet(recipient, this.signer.sign({ eventId: randomId(), audience, claims }));
    if (outcome.kind === 'taken') await this.reached(recipient);
    else await this.missed(recipient, outcome.kind === 'refused' ? outcome.error : undefined);
  }

  private async noteRefusal(
    recipient: Recipient,
    event: PendingEvent,
    outcome: PushOutcome | undefined,
  ): Promise<void> {
    if (outcome?.kind !== 'refused') return;
    if (event.attempts === 1) this.logger.warn(`${nameOf(recipient)} refuses an event: ${outcome.error}.`);
    await this.events.refused(event);
  }

  private async reached(recipient: Recipient): Promise<void> {
    if (await this.receivers.reached(recipient.id)) this.logger.log(`${nameOf(recipient)} takes events again.`);
  }

  private async missed(recipient: Recipient, error?: string): Promise<void> {
    if (!(await this.receivers.missed(recipient))) return;
    this.logger.warn(`${nameOf(recipient)} ${error === undefined ? 'is not there' : `takes no events: ${error}`}.`);
  }
}

/** An address may hold what is nobody's business: its path is left out. */
const nameOf = ({ clientId, endpointUrl }: Recipient): string =>
  `The receiver of ${clientId} at ${new URL(endpointUrl).origin}`;
