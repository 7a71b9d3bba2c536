import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { DefaultEventsMap, Socket } from 'socket.io';

import { UmaError } from '../uma/protocol/uma-error.js';
import type { Acknowledgement } from './acknowledgement.js';
import { Ingest } from './ingest.js';
import { itemsOf } from './measurements-message.js';
import { SampleWriter } from './sample-writer.js';
import { credentialOf } from './sensor-credential.js';
import { type Sensor, Sensors } from './sensors.js';
import { SocketServer } from './socket-server.js';

/** The credit of one socket: measurements that it may have sent without having taken the answer. */
export const SOCKET_CREDIT = 4_000;
/** How many answers may wait for a socket that takes none before it is given up. */
const MAX_UNTAKEN_ANSWERS = 4_000;

/** A message that was refused as a whole. */
export interface MessageRefusal {
  readonly error: string;
  readonly error_description: string;
}

interface SensorLink {
  sensor: Sensor;
  /** Measurements that are sent and whose answer has not left. */
  pending: number;
  /** Of these, the ones that are answered: the answer waits until the peer reads. */
  answered: number;
  /** Answers that wait. */
  untaken: number;
}

type SensorSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Partial<SensorLink>>;

/**
 * Where sensors connect: the default namespace of socket.io. A socket is tied to one sensor by the credential of its
 * handshake (else `connect_error` with `unauthorized`). Event `measurement` carries one measurement or up to 1,000 and
 * is answered, after the commit, by an {@link Acknowledgement} or a {@link MessageRefusal}. To a sender that asks for no
 * answer, an event `refused` carries what was not stored. Before the server closes a socket, an event says why:
 * `revoked` or `shutdown`.
 */
@Injectable()
export class SensorGateway implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(SensorGateway.name);
  private readonly answering = new Set<Promise<void>>();
  private stopping = false;

  constructor(
    private readonly server: SocketServer,
    private readonly sensors: Sensors,
    private readonly ingest: Ingest,
    private readonly writer: SampleWriter,
  ) {}

  onModuleInit(): void {
    const { io } = this.server;
    io.use((socket: SensorSocket, next) => {
      this.admit(socket).then(next, (error: unknown) => {
        this.logger.error('A sensor could not be authenticated.', error instanceof Error ? error.stack : undefined);
        next(new Error('unavailable'));
      });
    });
    io.on('connection', (socket: SensorSocket) => {
      this.serve(socket);
    });
    this.sensors.onRevoked((sensorId) => {
      io.to(roomOf(sensorId)).emit('revoked');
      io.in(roomOf(sensorId)).disconnectSockets(true);
    });
  }

  /** Answers for what was taken, then closes the sockets: no acknowledgement is lost on the way out. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.writer.close();
    await Promise.all(this.answering);
    await this.server.close('shutdown');
  }

  private async admit(socket: SensorSocket): Promise<Error | undefined> {
    if (this.stopping) return new Error('unavailable');
    const credential = credentialOf(socket.request, socket.handshake.auth);
    const sensor = credential === undefined ? undefined : await this.sensors.authenticate(credential);
    if (sensor === undefined) return new Error('unauthorized');
    Object.assign(socket.data, { sensor, pending: 0, answered: 0, untaken: 0 });
    return undefined;
  }

  private serve(socket: SensorSocket): void {
    const { data: link } = socket;
    if (!isLink(link) || this.sensors.isRevoked(link.sensor)) {
      socket.emit('revoked');
      socket.disconnect(true);
      return;
    }
    void socket.join(roomOf(link.sensor.id));
    // The connection hands over all that waits at once.
    socket.conn.on('drain', () => {
      settle(link);
    });
    socket.on('measurement', (...sent: unknown[]) => {
      const answering = this.answer(socket, link, sent).finally(() => this.answering.delete(answering));
      this.answering.add(answering);
    });
  }

  private async answer(socket: SensorSocket, link: SensorLink, sent: readonly unknown[]): Promise<void> {
    if (link.untaken > MAX_UNTAKEN_ANSWERS) {
      // Whatever else it is told would wait in memory too.
      socket.conn.close(true);
      return;
    }
    const reply = sent.at(-1);
    const answer = await this.receive(link, isReply(reply) ? sent.slice(0, -1) : sent);
    link.untaken += 1;
    if (isReply(reply)) reply(answer);
    else if ('error' in answer || answer.refused > 0) socket.emit('refused', answer);
    else settle(link);
  }

  private async receive(link: SensorLink, messages: readonly unknown[]): Promise<Acknowledgement | MessageRefusal> {
    try {
      const items = itemsOf(theOnly(messages));
      if (link.pending + items.length > SOCKET_CREDIT) {
        throw new UmaError('slow_down', `Wait for answers: at most ${SOCKET_CREDIT} measurements may lack theirs.`);
      }
      link.pending += items.length;
      return await this.ingest.receive(link.sensor, items).finally(() => {
        link.answered += items.length;
      });
    } catch (error) {
      if (error instanceof UmaError) return { error: error.code, error_description: error.message };
      this.logger.error('A message failed.', error instanceof Error ? error.stack : undefined);
      return { error: 'server_error', error_description: 'The message could not be handled.' };
    }
  }
}

/** Gives back the credit of what is answered: nothing waits for the peer any more. */
function settle(link: SensorLink): void {
  link.pending -= link.answered;
  [link.answered, link.untaken] = [0, 0];
}

/** @throws UmaError `invalid_request` when an event carries several messages: only one could be answered for */
function theOnly(messages: readonly unknown[]): unknown {
  if (messages.length > 1) {
    throw new UmaError('invalid_request', 'An event carries one message: several measurements go as an array.');
  }
  return messages[0];
}

function isLink(link: Partial<SensorLink>): link is SensorLink {
  return link.sensor !== undefined;
}

/** A sender that asks for an answer sends a function as the last argument. */
function isReply(argument: unknown): argument is (answer: Acknowledgement | MessageRefusal) => void {
  return typeof argument === 'function';
}

function roomOf(sensorId: string): string {
  return `sensor:${sensorId}`;
}
