import { type DynamicModule, Module } from '@nestjs/common';

import { DatabaseSampleLog } from './database-sample-log.js';
import { DatabaseSampleStore } from './database-sample-store.js';
import { Hub } from './hub.js';
import { Ingest } from './ingest.js';
import { LatestSamples } from './latest-samples.js';
import { MeasurementsController } from './measurements.controller.js';
import { MEASUREMENTS_OPTIONS, type MeasurementsOptions } from './measurements.options.js';
import { Measurements } from './measurements.js';
import { MinuteVariabilities } from './minute-variabilities.js';
import { SampleLog } from './sample-log.js';
import { SampleStore } from './sample-store.js';
import { SampleWriter } from './sample-writer.js';
import { SensorClocks } from './sensor-clocks.js';
import { SensorGateway } from './sensor.gateway.js';
import { Sensors } from './sensors.js';
import { ShownMinutes } from './shown-minutes.js';
import { SocketServer } from './socket-server.js';
import { Summaries } from './summaries.js';
import { WholeMinutes } from './whole-minutes.js';

/** Takes measurements in from sensors, keeps them, and gives them out to whoever has decided who may see them. */
@Module({})
export class MeasurementsModule {
  /** Needs a `Database` and a `Clock` that are provided globally. */
  static register(options: MeasurementsOptions): DynamicModule {
    return {
      module: MeasurementsModule,
      global: true,
      controllers: [MeasurementsController],
      providers: [
        { provide: MEASUREMENTS_OPTIONS, useValue: options },
        { provide: SampleStore, useClass: DatabaseSampleStore },
        { provide: SampleLog, useClass: DatabaseSampleLog },
        Hub,
        Ingest,
        LatestSamples,
        Measurements,
        MinuteVariabilities,
        SampleWriter,
        SensorClocks,
        SensorGateway,
        Sensors,
        ShownMinutes,
        SocketServer,
        Summaries,
        WholeMinutes,
      ],
      exports: [Measurements, SampleLog, Sensors, SocketServer, Summaries],
    };
  }
}
