import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentSession } from '../../auth/current-session.decorator.js';
import type { LoginSession } from '../../auth/login-session.js';
import { SignedIn } from '../../auth/signed-in.decorator.js';
import { Sensors } from '../../measurements/sensors.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { OwnerAccess } from '../owner-access.js';
import { NewSensor } from '../sensor.dto.js';
import { type NewSensorAnswer, type SensorAnswer, sensorAnswer } from './owner-answers.js';

/** The sensors of the owner who is signed in. */
@ApiTags('Owner')
@Controller('api/sensors')
@SignedIn()
export class SensorsController {
  constructor(
    private readonly access: OwnerAccess,
    private readonly sensors: Sensors,
  ) {}

  /** The sensors that may send, oldest first. */
  @Get()
  @Header('cache-control', 'private, no-store')
  async list(@CurrentSession() { person }: LoginSession): Promise<SensorAnswer[]> {
    const resource = await this.access.ownResource(person);
    return resource === undefined ? [] : (await this.sensors.list(resource.id)).map(sensorAnswer);
  }

  /** Makes a sensor; its credential is in this answer and never again. */
  @Post()
  @Header('cache-control', 'private, no-store')
  async create(
    @CurrentSession() { person }: LoginSession,
    @Body() { name, resourceId }: NewSensor,
  ): Promise<NewSensorAnswer> {
    const resource =
      resourceId === undefined
        ? await this.access.ensureResource(person)
        : await this.access.ownResourceById(person, resourceId);
    const { sensor, credential } = await this.sensors.create(resource.id, name);
    return Object.assign(sensorAnswer(sensor), { credential: credential.reveal() });
  }

  /** Takes a sensor's right to send, at once. */
  @Delete(':id')
  @HttpCode(204)
  async revoke(@CurrentSession() { person }: LoginSession, @Param('id') id: string): Promise<void> {
    const resource = await this.access.ownResource(person);
    const revoked = resource !== undefined && (await this.sensors.revoke(resource.id, id));
    if (!revoked) throw new UmaError('not_found', 'You have no such sensor.');
  }
}
