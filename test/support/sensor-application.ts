import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { createApp } from '../../src/bootstrap/create-app.js';
import { Clock } from '../../src/common/clock.js';
import { News, NoNews } from '../../src/common/news.js';
import { Secret } from '../../src/common/secret.js';
import { Database } from '../../src/database/database.js';
import type { MeasurementTables } from '../../src/database/resource-server/measurements.js';
import { MeasurementsModule } from '../../src/measurements/measurements.module.js';
import type { MeasurementsOptions } from '../../src/measurements/measurements.options.js';
import { OldSensorPort } from '../../src/measurements/old-sensor-port.js';
import { SampleStore } from '../../src/measurements/sample-store.js';
import { Sensors } from '../../src/measurements/sensors.js';
import { FakeSensor } from './fake-sensor.js';

/** How a {@link SensorApplication} is set up. */
export interface SensorSetup extends Omit<MeasurementsOptions, 'oldSensorPort'> {
  readonly clock: Clock;
  /** Keeps the samples instead of the database. */
  readonly store?: SampleStore | undefined;
  /** Opens the old port, on this address. */
  readonly oldPortAt?: string;
  /** A free one when it is not said. */
  readonly oldPort?: number;
  /** Credential of the sensor that the old port stands for; the chest strap's when it is not said. */
  readonly oldPortCredential?: string;
}

/** The measurements room as a server on a random port, and a sensor that is a chest strap of `alice`. */
export class SensorApplication {
  private readonly connected: FakeSensor[] = [];

  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
    /** The sensor's. */
    readonly credential: string,
    readonly sensorId: string,
    /** Everything that the server has written to its log, of every level. */
    readonly lines: readonly string[],
  ) {}

  static async start(database: Database<MeasurementTables>, setup: SensorSetup): Promise<SensorApplication> {
    const { sensor, credential } = await new Sensors(database, setup.clock).create('alice', 'Chest strap');
    const lines: string[] = [];
    const app = await createApp(roomsOf(database, setup, credential), {
      name: 'measurements',
      logLevel: 'trace',
      logDestination: { write: (line) => lines.push(line) },
      trustProxy: [],
      rateLimits: [],
      openApi: { title: 'Measurements' },
    });
    await app.listen(0, '127.0.0.1');
    return new SensorApplication(app, await app.getUrl(), credential.reveal(), sensor.id, lines);
  }

  get sensors(): Sensors {
    return this.app.get(Sensors);
  }

  /** Address of the old port. */
  get oldUrl(): string {
    return this.app.get(OldSensorPort).url;
  }

  /** Connects a sensor, which leaves when the server stops. */
  async connect(...args: [credential?: string | undefined, options?: object, url?: string]): Promise<FakeSensor> {
    const [credential, options, url = this.url] = args;
    const sensor = await FakeSensor.connect(url, credential, options);
    this.connected.push(sensor);
    return sensor;
  }

  async stop(): Promise<void> {
    for (const sensor of this.connected.splice(0)) sensor.leave();
    await this.app.close();
  }
}

function roomsOf(database: Database<MeasurementTables>, setup: SensorSetup, credential: Secret): DynamicModule {
  const { clock, store, oldPortAt: host, oldPort: port = 0, oldPortCredential, ...options } = setup;
  const surroundings = [
    { provide: Database, useValue: database },
    { provide: Clock, useValue: clock },
    { provide: News, useClass: NoNews },
  ];
  const tied = oldPortCredential === undefined ? credential : new Secret(oldPortCredential);
  const oldSensorPort = host === undefined ? undefined : { host, port, credential: tied };
  const room = MeasurementsModule.register({ ...options, oldSensorPort });
  const providers = [
    ...(room.providers ?? []),
    ...(store === undefined ? [] : [{ provide: SampleStore, useValue: store }]),
  ];
  return {
    module: Rooms,
    imports: [
      { module: Surroundings, providers: surroundings, exports: surroundings },
      { ...room, providers },
    ],
  };
}

@Global()
@Module({})
class Surroundings {}

@Module({})
class Rooms {}
