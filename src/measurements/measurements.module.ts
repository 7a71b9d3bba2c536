import { type DynamicModule, Module, type Provider } from '@nestjs/common';

import { DatabaseSampleLog } from './database-sample-log.js';
import { DatabaseSampleStore } from './database-sample-store.js';
import { Hub } from './hub.js';
import { Ingest } from './ingest.js';
import { LatestSamples } from './latest-samples.js';
import { MeasurementsController } from './measurements.controller.js';
import { MEASUREMENTS_OPTIONS, type MeasurementsOptions, OLD_SENSOR_PORT_OPTIONS } from './measurements.options.js';
import { Measurements } from './measurements.js';
import { MinuteVariabilities } from './minute-variabilities.js';
import { OldSensorPort } from './old-sensor-port.js';
import { RefusalLimits } from './refusal-limits.js';
import { SampleLog } from './sample-log.js';
import { SampleStore } from './sample-store.js';
import { SampleWriter } from './sample-writer.js';
import { SensorClocks } from './sensor-clocks.js';
import { SensorCredits } from './sensor-credits.js';
import { SensorEvents } from './sensor-events.js';
import { SensorStatusController } from './sensor-status.controller.js';
import { SensorGateway } from './sensor.gateway.js';
import { Sensors } from './sensors.js';
import { ShownMinutes } from './shown-minutes.js';
import { SocketServer } from './socket-server.js';
import { StoredNews } from './stored-news.js';
import { StoringCheck } from './storing-check.js';
import { Summaries } from './summaries.js';
import { WholeMinutes } from './whole-minutes.js';

/** Takes measurements in from sensors, keeps them, and gives them out to whoever has decided who may see them. */
@Module({})
export class MeasurementsModule {
  /** Needs a `Database`, a `Clock` and `News` that are provided globally. */
  static register(options: MeasurementsOptions): DynamicModule {
    return {
      module: MeasurementsModule,
      global: true,
      controllers: [MeasurementsController, SensorStatusController],
      providers: [
        { provide: MEASUREMENTS_OPTIONS, useValue: options },
        { provide: SampleStore, useClass: DatabaseSampleStore },
        { provide: SampleLog, useClass: DatabaseSampleLog },
        Hub,
        Ingest,
        LatestSamples,
        Measurements,
        MinuteVariabilities,
        RefusalLimits,
        SampleWriter,
        SensorClocks,
        SensorCredits,
        SensorEvents,
        SensorGateway,
        Sensors,
        ShownMinutes,
        SocketServer,
        StoredNews,
        StoringCheck,
        Summaries,
        WholeMinutes,
        ...oldSensorPort(options),
      ],
      exports: [Measurements, RefusalLimits, SampleLog, Sensors, SocketServer, StoringCheck, Summaries],
    };
  }
}

function oldSensorPort({ oldSensorPort: options }: MeasurementsOptions): Provider[] {
  return options === undefined ? [] : [{ provide: OLD_SENSOR_PORT_OPTIONS, useValue: options }, OldSensorPort];
}
