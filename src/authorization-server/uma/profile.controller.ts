import { Controller, Get, Header } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { ENDPOINTS } from '../endpoints.js';
import { ProfileChoice, profileChoices } from './profile.js';
import { UmaOptions } from './uma-options.js';

/** The profile of UMA 2.0 that this server implements. */
export class ProfileAnswer {
  /** Its own address, which `uma_profiles_supported` names. */
  readonly profile!: string;

  readonly issuer!: string;

  /** What it is a profile of. */
  readonly standards!: readonly string[];

  readonly choices!: readonly ProfileChoice[];
}

const STANDARDS = [
  'https://docs.kantarainitiative.org/uma/wg/rec-oauth-uma-grant-2.0.html',
  'https://docs.kantarainitiative.org/uma/wg/rec-oauth-uma-federated-authz-2.0.html',
];

/** Tells, for programs too, how this server answers what the standards leave open. */
@ApiTags('UMA profile')
@Controller(ENDPOINTS.profile)
export class ProfileController {
  constructor(private readonly options: UmaOptions) {}

  /** Every choice of this server. */
  @Get()
  @Header('cache-control', 'public, max-age=3600')
  read(): ProfileAnswer {
    const { issuer } = this.options;
    return {
      profile: `${issuer}${ENDPOINTS.profile}`,
      issuer,
      standards: STANDARDS,
      choices: profileChoices(this.options),
    };
  }
}
