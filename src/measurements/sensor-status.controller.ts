import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';

import { JsonOnlyGuard } from './json-only.guard.js';
import { type SensorStatus, STATUS_SCHEMA, statusOf } from './sensor-status.js';
import { SendingSensor, SensorGuard } from './sensor.guard.js';
import { type Sensor, Sensors } from './sensors.js';

/** Takes what a sensor tells of itself over HTTP, as the sensor gateway takes it over sockets. */
@ApiTags('Measurements')
@Controller('sensor-status')
@UseGuards(SensorGuard, JsonOnlyGuard)
export class SensorStatusController {
  constructor(private readonly sensors: Sensors) {}

  /** Notes the charge of the battery and the contact with the skin; answers with what was noted. */
  @Post()
  @HttpCode(200)
  @ApiBody({ schema: STATUS_SCHEMA })
  tell(@SendingSensor() sensor: Sensor, @Body() message: unknown): Promise<SensorStatus> {
    return this.sensors.told(sensor, statusOf(message));
  }
}
