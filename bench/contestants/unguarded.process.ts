// Our resource server with a route beside its own: the newest heart rate as the guarded route gives it, for everybody.
import 'reflect-metadata';

import { Controller, Get, Module, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { resourceServerProcess } from '../../src/apps/resource-server.process.js';
import { runProcess } from '../../src/bootstrap/run-process.js';
import { Measurements } from '../../src/measurements/measurements.js';
import { type HeartRate, heartRateOf } from '../../src/resources/heart-rate-answer.js';

@Controller('resources/:id/heart-rate/unguarded')
class UnguardedController {
  constructor(private readonly measurements: Measurements) {}

  @Get()
  async latest(
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HeartRate | undefined> {
    const sample = await this.measurements.latest(id);
    if (sample === undefined) void reply.status(204);
    return sample && heartRateOf(sample);
  }
}

@Module({ controllers: [UnguardedController] })
class UnguardedModule {}

await runProcess({
  ...resourceServerProcess,
  async module(environment, demo) {
    const rooms = await resourceServerProcess.module(environment, demo);
    return { module: UnguardedModule, imports: [rooms] };
  },
});
