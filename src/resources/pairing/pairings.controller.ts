import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { type NewSensorAnswer, sensorAnswer } from '../api/owner-answers.js';
import { type PairingAnswer, pairingAnswer } from './pairing-answers.js';
import { NewPairing, PairingQuestion } from './pairing.dto.js';
import { Pairings } from './pairings.js';

/** For sensors that have no credential yet. @see RFC 8628 */
@ApiTags('Pairing')
@Controller('api/pairings')
export class PairingsController {
  constructor(private readonly pairings: Pairings) {}

  /** Gives a sensor a code and a link to show to its owner, who lets it in there. */
  @Post()
  @Header('cache-control', 'no-store')
  async begin(@Body() { name = 'Sensor', authorization_server: issuer }: NewPairing): Promise<PairingAnswer> {
    return pairingAnswer(await this.pairings.begin(name, issuer));
  }

  /**
   * Gives the sensor its credential once its owner has let it in; before that 400 `authorization_pending`. Until it has sent
   * something it may ask again, and gets another one in place of that.
   */
  @Post('token')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async collect(@Body() { device_code: handle }: PairingQuestion): Promise<NewSensorAnswer> {
    const { sensor, credential } = await this.pairings.collect(handle);
    return Object.assign(sensorAnswer(sensor), { credential: credential.reveal() });
  }
}
