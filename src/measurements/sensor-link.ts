import { Logger } from '@nestjs/common';
import type { DefaultEventsMap, Socket } from 'socket.io';

import { isOutOfService } from '../common/out-of-service.js';
import { UmaError } from '../uma/protocol/uma-error.js';
import { holdBack } from './hold-back.js';
import type { SensorCredits } from './sensor-credits.js';
import type { SensorEvents, SensorTask } from './sensor-events.js';
import type { Sensor } from './sensors.js';

const logger = new Logger('SensorLink');

/** A message that was refused as a whole. */
export interface MessageRefusal {
  readonly error: string;
  readonly error_description: string;
}

/** A socket, and once it was let in the sensor that it is tied to. */
export type SensorSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, { sensor?: Sensor }>;

/** What a message came to, and what of the credit it takes; nothing when it was refused before. */
interface CarriedOut {
  readonly answer: Answer;
  readonly size: number | undefined;
}

type Answer = Awaited<ReturnType<SensorTask['run']>> | MessageRefusal;

/** What a link works with. */
export interface LinkParts {
  readonly events: SensorEvents;
  readonly credits: SensorCredits;
}

/** The conversation with one sensor over one socket: each of its messages is answered, and it sends no more than it reads. */
export class SensorLink {
  /** Credit of messages that are answered: it comes back once the peer has taken the answers. */
  private answered = 0;
  private answeredMessages = 0;
  private ended = false;

  constructor(
    private readonly socket: SensorSocket,
    private readonly sensor: Sensor,
    private readonly parts: LinkParts,
  ) {}

  /** @param taken is given, for each message, what ends when it is answered */
  begin(taken: (answering: Promise<void>) => void): void {
    // The connection hands over all that waits at once.
    this.socket.conn.on('drain', this.settle);
    this.socket.once('disconnect', () => {
      this.ended = true;
      this.settle();
      this.socket.conn.off('drain', this.settle);
    });
    this.socket.onAny((event: unknown, ...sent: unknown[]) => {
      taken(this.answer(event, sent));
    });
  }

  private async answer(event: unknown, sent: readonly unknown[]): Promise<void> {
    const reply = sent.at(-1);
    const { answer, size } = await this.carryOut(event, isReply(reply) ? sent.slice(0, -1) : sent);
    if ('error' in answer && answer.error === 'slow_down') holdBack(this.socket);
    if (isReply(reply)) this.tell(size, answer, reply);
    else if (isRefusal(answer)) this.tell(size, answer, (refusal) => this.socket.emit('refused', refusal));
    else if (size !== undefined) this.parts.credits.giveBack(this.sensor.id, size);
  }

  /** Nothing may be awaited before the task runs, or a message could overtake the one before it. */
  private async carryOut(event: unknown, messages: readonly unknown[]): Promise<CarriedOut> {
    let size: number | undefined;
    try {
      const task = this.parts.events.taskOf(event, messages);
      this.parts.credits.spend(this.sensor.id, task.size);
      size = task.size;
      return { answer: await task.run(this.sensor), size };
    } catch (error) {
      if (error instanceof UmaError) return { answer: { error: error.code, error_description: error.message }, size };
      logger.error('A message failed.', error instanceof Error ? error.stack : undefined);
      const code = isOutOfService(error) ? 'temporarily_unavailable' : 'server_error';
      return { answer: { error: code, error_description: 'The message could not be handled.' }, size };
    }
  }

  private tell(size: number | undefined, answer: Answer, say: (answer: Answer) => unknown): void {
    if (size !== undefined) {
      this.answered += size;
      this.answeredMessages += 1;
    }
    if (this.ended) this.settle();
    else say(answer);
  }

  /** Gives back the credit of what is answered: nothing waits for the peer any more. */
  private readonly settle = (): void => {
    this.parts.credits.giveBack(this.sensor.id, this.answered, this.answeredMessages);
    this.answered = 0;
    this.answeredMessages = 0;
  };
}

/** A sender that asks for an answer sends a function as the last argument. */
function isReply(argument: unknown): argument is (answer: Answer) => void {
  return typeof argument === 'function';
}

function isRefusal(answer: Answer): boolean {
  return 'error' in answer || ('refused' in answer && answer.refused > 0);
}
