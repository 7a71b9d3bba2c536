import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';

import { errorCode } from '../common/error-code.js';
import { isLoopback } from '../common/loopback.js';
import { OLD_SENSOR_PORT_OPTIONS, type OldSensorPortOptions } from './measurements.options.js';
import { tiedCredential } from './sensor-credential.js';
import { SensorGateway } from './sensor.gateway.js';
import { Sensors } from './sensors.js';
import { SocketDoor } from './socket-door.js';

/** How long a request may take to arrive, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * A port of its own for sensors that were made for the systems before (FH-22): socket.io as there, no credential. What
 * comes in counts as sent by the one sensor whose credential the operator was given; nothing else of the server is here.
 */
@Injectable()
export class OldSensorPort extends SocketDoor implements OnApplicationBootstrap {
  private readonly logger = new Logger(OldSensorPort.name);
  private readonly server: Server;

  constructor(
    private readonly gateway: SensorGateway,
    private readonly sensors: Sensors,
    @Inject(OLD_SENSOR_PORT_OPTIONS) private readonly options: OldSensorPortOptions,
  ) {
    super({
      allowEIO3: true,
      allowRequest: (request, decide) => {
        decide(null, isFromProgram(request, isLocal(options.host)));
      },
    });
    this.server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, refuse);
  }

  /** @throws Error when the port cannot be had */
  async onApplicationBootstrap(): Promise<void> {
    const credential = this.options.credential.reveal();
    this.gateway.open(this, (socket) => tiedCredential(socket, credential));
    this.standBefore(this.server);
    await this.listen();
    if ((await this.sensors.authenticate(credential)) === undefined) {
      this.logger.warn('The sensor that the old port stands for is not there, or was disconnected: it lets nobody in.');
    }
  }

  /** Where it listens. */
  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The old port is not open.');
    return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
  }

  override async close(reason: string): Promise<void> {
    await super.close(reason);
    this.server.close();
    this.server.closeAllConnections();
  }

  private async listen(): Promise<void> {
    const { host, port } = this.options;
    try {
      await once(this.server.listen({ host, port }), 'listening');
    } catch (cause) {
      throw new Error(`The old port for sensors, ${port}, cannot be opened (${errorCode(cause) ?? 'unknown'}).`, {
        cause,
      });
    }
    this.logger.log(`Sensors without a credential may send at ${this.url}`);
    if (!isLocal(host)) this.logger.warn('Whoever reaches that address can send: let only the sensors reach it.');
  }
}

function isLocal(host: string): boolean {
  return isLoopback(host.includes(':') ? `[${host}]` : host);
}

/**
 * Whether no page of another place, open in a browser that reaches the port, has sent a request: it would need no
 * credential either. A page that was brought to this machine by a name of its own shows in `Host`.
 *
 * @see RFC 6454 section 7, RFC 9110 section 7.2
 */
function isFromProgram({ headers: { origin, host = '' } }: IncomingMessage, local: boolean): boolean {
  if (!URL.canParse(`http://${host}`)) return false;
  const here = new URL(`http://${host}`);
  if (local && !isLoopback(here.hostname)) return false;
  return origin === undefined || origin === here.origin;
}

function refuse(_request: IncomingMessage, response: ServerResponse): void {
  response
    .writeHead(404, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .end(
      JSON.stringify({ error: 'not_found', error_description: 'Sensors connect here by socket.io, and nothing else.' }),
    );
}
