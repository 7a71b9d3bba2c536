import type { Server as HttpServer } from 'node:http';

import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import { MEASUREMENTS_OPTIONS, type MeasurementsOptions } from './measurements.options.js';
import { SocketDoor } from './socket-door.js';

/** The socket.io server of the process, on the port of its HTTP server. */
@Injectable()
export class SocketServer extends SocketDoor implements OnApplicationBootstrap {
  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(MEASUREMENTS_OPTIONS) private readonly options: MeasurementsOptions,
  ) {
    super({ allowEIO3: options.sensorProtocol3 ?? false });
  }

  onApplicationBootstrap(): void {
    this.standBefore(this.host.httpAdapter.getHttpServer() as HttpServer, this.options.basePath);
  }
}
