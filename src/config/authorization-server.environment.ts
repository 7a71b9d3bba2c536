import { IsOptional, Max, Min, ValidateNested } from 'class-validator';

import type { Secret } from '../common/secret.js';
import { AccountSetting } from './account.setting.js';
import { ClientSetting } from './client.setting.js';
import { CommonEnvironment, type Port } from './common.environment.js';
import { IsBaseAddress, IsBaseUrl } from './rules.js';
import { Setting } from './setting.decorator.js';

/** What the authorization server is told by its environment. */
export class AuthorizationServerEnvironment extends CommonEnvironment {
  /** Its own address. The rules of the variable are given anew: those of a class replace those it inherits. */
  @IsBaseUrl()
  @IsBaseAddress()
  override readonly AS_ISSUER: string = 'http://localhost:8080';

  @Setting({ about: 'Port the authorization server listens on', kind: 'integer' })
  @Min(0)
  @Max(65_535)
  readonly AS_PORT: number = 8080;

  @Setting({
    about: 'Initial access token that lets a client register itself (RFC 7591)',
    kind: 'secret',
    otherwise: 'no client can register itself',
  })
  @IsOptional()
  readonly REGISTRATION_TOKEN?: Secret;

  @Setting({
    about: 'Clients known from the start: a JSON array of client metadata (RFC 7591 section 2)',
    kind: 'json',
    of: ClientSetting,
    otherwise: 'none',
  })
  @ValidateNested({ each: true })
  readonly AS_CLIENTS: readonly ClientSetting[] = [];

  @Setting({
    about: 'People known from the start: a JSON array of {username, password, name, email, sub}; sub may be left out',
    kind: 'json',
    of: AccountSetting,
    otherwise: 'none',
  })
  @ValidateNested({ each: true })
  readonly AS_ACCOUNTS: readonly AccountSetting[] = [];

  @Setting({ about: 'How long a permission ticket is good, in seconds', kind: 'integer' })
  @Min(1)
  @Max(86_400)
  readonly TICKET_LIFETIME_SECONDS: number = 300;

  @Setting({ about: 'How long a requesting party token (RPT) is good, in seconds', kind: 'integer' })
  @Min(1)
  @Max(86_400)
  readonly RPT_LIFETIME_SECONDS: number = 900;

  @Setting({
    about: 'Token requests that one client may send in a minute, and refused ones that one address may',
    kind: 'integer',
  })
  @Min(1)
  readonly RATE_LIMIT_TOKEN: number = 300;

  @Setting({
    about: 'Permission requests that one PAT may send in a minute, and refused ones that one address may',
    kind: 'integer',
  })
  @Min(1)
  readonly RATE_LIMIT_PERMISSION: number = 12_000;

  @Setting({
    about: 'Introspections that one PAT may ask for in a minute, and refused ones that one address may',
    kind: 'integer',
  })
  @Min(1)
  readonly RATE_LIMIT_INTROSPECTION: number = 12_000;

  override get port(): Port {
    return { number: this.AS_PORT, variable: 'AS_PORT' };
  }
}
