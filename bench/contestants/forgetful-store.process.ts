// Our resource server with a store that keeps nothing: all that is done with a measurement before it is stored.
import 'reflect-metadata';

import type { DynamicModule, Provider } from '@nestjs/common';

import { resourceServerProcess } from '../../src/apps/resource-server.process.js';
import { runProcess } from '../../src/bootstrap/run-process.js';
import { MeasurementsModule } from '../../src/measurements/measurements.module.js';
import type { Sample } from '../../src/measurements/reading.js';
import { SampleStore, type Stored } from '../../src/measurements/sample-store.js';

class ForgetfulStore extends SampleStore {
  override insert(samples: readonly Sample[]): Promise<Stored> {
    return Promise.resolve({ isNew: samples.map(() => true), entries: [] });
  }
}

const forgetful = (provider: Provider): Provider =>
  typeof provider === 'object' && provider.provide === SampleStore
    ? { provide: SampleStore, useClass: ForgetfulStore }
    : provider;

/** The same rooms, with that store in the one that measurements are kept in. */
function refurnished(rooms: DynamicModule): DynamicModule {
  if (rooms.module === MeasurementsModule) return { ...rooms, providers: (rooms.providers ?? []).map(forgetful) };
  const isRoom = (one: object): one is DynamicModule => 'module' in one;
  return { ...rooms, imports: (rooms.imports ?? []).map((one) => (isRoom(one) ? refurnished(one) : one)) };
}

await runProcess({
  ...resourceServerProcess,
  module: async (environment, demo) =>
    refurnished((await resourceServerProcess.module(environment, demo)) as DynamicModule),
});
