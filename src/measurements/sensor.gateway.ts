import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Socket } from 'socket.io';

import { RefusalLimits } from './refusal-limits.js';
import { SampleWriter } from './sample-writer.js';
import { type Handshake, handshakeCredential } from './sensor-credential.js';
import { SensorCredits } from './sensor-credits.js';
import { SensorEvents } from './sensor-events.js';
import { type LinkParts, SensorLink, type SensorSocket } from './sensor-link.js';
import { Sensors } from './sensors.js';
import type { SocketDoor } from './socket-door.js';
import { SocketServer } from './socket-server.js';

/** How long a client that was told to leave may keep its connection, in milliseconds: it sends nothing over it any more. */
const LEAVING_PATIENCE_MS = 1_000;

/** The credential that a socket comes with. */
export type CredentialOf = (socket: Handshake) => string | undefined;

/**
 * Where sensors connect: the default namespace of socket.io. A socket is tied to one sensor by the credential of its
 * handshake (else `connect_error` with `unauthorized`). Event `measurement` carries one measurement or up to 1,000 and
 * is answered, after the commit, by an `Acknowledgement` or a `MessageRefusal`; event `status` what the sensor tells of
 * itself. To a sender that asks for no answer, an event `refused` carries what was not taken. Before the server closes a
 * socket, an event says why: `revoked` or `shutdown`.
 */
@Injectable()
export class SensorGateway implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(SensorGateway.name);
  private readonly doors: SocketDoor[] = [];
  private readonly answering = new Set<Promise<void>>();
  private readonly parts: LinkParts;
  private stopping = false;

  constructor(
    private readonly server: SocketServer,
    private readonly sensors: Sensors,
    private readonly writer: SampleWriter,
    private readonly limits: RefusalLimits,
    events: SensorEvents,
    credits: SensorCredits,
  ) {
    this.parts = { events, credits };
  }

  onModuleInit(): void {
    this.open(this.server, handshakeCredential);
    this.sensors.onRevoked((sensorId) => {
      for (const { io } of this.doors) {
        for (const id of io.of('/').adapter.rooms.get(roomOf(sensorId)) ?? []) turnAway(io.sockets.sockets.get(id));
      }
    });
  }

  /** Lets sensors in at a door too, and closes it when the process ends. */
  open(door: SocketDoor, credentialOf: CredentialOf): void {
    this.doors.push(door);
    const admit = (socket: SensorSocket, next: (refusal?: Error) => void): void => {
      this.admit(socket, credentialOf).then(next, (error: unknown) => {
        this.logger.error('A sensor could not be authenticated.', error instanceof Error ? error.stack : undefined);
        next(new Error('unavailable'));
      });
    };
    door.io.use(this.limits.before(admit, () => new Error('slow_down')));
    door.io.on('connection', (socket: SensorSocket) => {
      this.serve(socket);
    });
  }

  /** Answers for what was taken, then closes the sockets: no acknowledgement is lost on the way out. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.writer.close();
    await Promise.all(this.answering);
    await Promise.all(this.doors.map((door) => door.close('shutdown')));
  }

  private async admit(socket: SensorSocket, credentialOf: CredentialOf): Promise<Error | undefined> {
    if (this.stopping) return new Error('unavailable');
    const credential = credentialOf(socket);
    const sensor = credential === undefined ? undefined : await this.sensors.authenticate(credential);
    if (sensor === undefined) return new Error('unauthorized');
    socket.data.sensor = sensor;
    return undefined;
  }

  private serve(socket: SensorSocket): void {
    const { sensor } = socket.data;
    if (sensor === undefined || this.sensors.isRevoked(sensor)) {
      turnAway(socket);
      return;
    }
    void socket.join(roomOf(sensor.id));
    new SensorLink(socket, sensor, this.parts).begin((message) => {
      const answering = message.finally(() => this.answering.delete(answering));
      this.answering.add(answering);
    });
  }
}

/**
 * Ends what a revoked sensor may do, at once, and tells it. A client that understands closes the connection itself; where
 * the server does, python-socketio may see that before it has read why, and tries to come back for ever.
 */
function turnAway(socket: Socket | undefined): void {
  if (socket === undefined) return;
  const { conn } = socket;
  const patience = setTimeout(() => {
    conn.close();
  }, LEAVING_PATIENCE_MS);
  conn.once('close', () => {
    clearTimeout(patience);
  });
  socket.emit('revoked');
  socket.disconnect();
}

function roomOf(sensorId: string): string {
  return `sensor:${sensorId}`;
}
