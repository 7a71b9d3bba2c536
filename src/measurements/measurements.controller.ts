import { Body, Controller, Headers, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiTags } from '@nestjs/swagger';

import type { Acknowledgement } from './acknowledgement.js';
import { Ingest } from './ingest.js';
import { JsonOnlyGuard } from './json-only.guard.js';
import { MESSAGE_SCHEMA } from './measurement-schema.js';
import { itemsOf } from './measurements-message.js';
import { readHttpDate } from './recorded-time.js';
import { SensorCredits } from './sensor-credits.js';
import { SendingSensor, SensorGuard } from './sensor.guard.js';
import type { Sensor } from './sensors.js';

/** Takes measurements over HTTP, as the sensor gateway takes them over sockets. */
@ApiTags('Measurements')
@Controller('measurements')
@UseGuards(SensorGuard, JsonOnlyGuard)
export class MeasurementsController {
  constructor(
    private readonly ingest: Ingest,
    private readonly credits: SensorCredits,
  ) {}

  /** Stores one measurement or an array of up to 1,000; answers once they are on the disk. */
  @Post()
  @HttpCode(200)
  @ApiHeader({ name: 'date', required: false, description: 'When it was sent, of what does not tell it by `sentAt`.' })
  @ApiBody({ schema: MESSAGE_SCHEMA })
  receive(
    @SendingSensor() sensor: Sensor,
    @Body() message: unknown,
    @Headers('date') date?: string,
  ): Promise<Acknowledgement> {
    const items = itemsOf(message);
    const sentMs = date === undefined ? undefined : readHttpDate(date);
    return this.credits.during(sensor.id, items.length, () => this.ingest.receive(sensor, items, sentMs));
  }
}
