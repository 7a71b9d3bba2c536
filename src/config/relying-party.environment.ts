import { IsIn, IsOptional } from 'class-validator';

import { type PresetName, SIGN_IN_PRESETS } from '../common/preset-names.js';
import { CommonEnvironment } from './common.environment.js';
import { IsBaseUrl, IsFalseInProduction } from './rules.js';
import { Setting } from './setting.decorator.js';

/** What the resource server and the client are told alike: both are clients of an authorization server. */
export abstract class RelyingPartyEnvironment extends CommonEnvironment {
  @Setting({ about: 'Address of the resource server as others reach it, its identifier (RFC 8707)', kind: 'url' })
  @IsBaseUrl()
  readonly RS_BASE_URL: string = 'http://localhost:4000';

  @Setting({
    about: `Product that the authorization server is, where it differs from the standard: ${SIGN_IN_PRESETS.join(', ')}`,
    kind: 'text',
  })
  @IsIn(SIGN_IN_PRESETS)
  readonly AS_PRESET: PresetName = 'standard';

  @Setting({
    about: 'Old configuration file (config.js or config.ini) whose values hold where a variable is not set',
    kind: 'text',
    otherwise: 'none',
  })
  @IsOptional()
  readonly LEGACY_CONFIG?: string;

  @Setting({ about: 'Shows tokens on /callback and /umaToken; for development', kind: 'boolean' })
  @IsFalseInProduction()
  readonly DEV_SHOW_TOKENS: boolean = false;
}
