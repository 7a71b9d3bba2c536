import { IsOptional } from 'class-validator';

import { CommonEnvironment } from './common.environment.js';
import { IsBaseUrl, IsFalseInProduction } from './rules.js';
import { Setting } from './setting.decorator.js';

/** What the resource server and the client are told alike: both are clients of an authorization server. */
export abstract class RelyingPartyEnvironment extends CommonEnvironment {
  @Setting({ about: 'Address of the resource server as others reach it, its identifier (RFC 8707)', kind: 'url' })
  @IsBaseUrl()
  readonly RS_BASE_URL: string = 'http://localhost:4000';

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
