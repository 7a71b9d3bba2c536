import { IsIn, IsOptional, Max, Min, ValidateNested } from 'class-validator';

import {
  CLAIM_LIFETIME_SECONDS,
  REFRESH_LIFETIME_SECONDS,
  RPT_LIFETIME_SECONDS,
  TICKET_LIFETIME_SECONDS,
} from '../common/lifetimes.js';
import type { Secret } from '../common/secret.js';
import { AccountSetting } from './account.setting.js';
import { ClientSetting } from './client.setting.js';
import { CommonEnvironment, type Port } from './common.environment.js';
import { IsBaseAddress, IsBaseUrl, IsIssuerList } from './rules.js';
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

  @Setting({
    about: 'User names of the administrators: who may set scope policies and suspend accounts',
    kind: 'list',
    otherwise: 'nobody is one',
  })
  readonly AS_ADMINISTRATORS: readonly string[] = [];

  @Setting({
    about: 'Address of an external decision point (AuthZEN 1.0) that has to permit what is shared as well',
    kind: 'url',
    otherwise: 'none is asked',
  })
  @IsOptional()
  @IsBaseUrl()
  readonly AUTHZEN_PDP?: string;

  @Setting({
    about: 'Bearer token for the external decision point',
    kind: 'secret',
    otherwise: 'it is asked without one',
  })
  @IsOptional()
  readonly AUTHZEN_PDP_TOKEN?: Secret;

  @Setting({ about: 'How long a permission ticket is good, in seconds', kind: 'integer' })
  @Min(1)
  @Max(86_400)
  readonly TICKET_LIFETIME_SECONDS: number = TICKET_LIFETIME_SECONDS;

  @Setting({ about: 'How long a requesting party token (RPT) is good, in seconds', kind: 'integer' })
  @Min(1)
  @Max(86_400)
  readonly RPT_LIFETIME_SECONDS: number = RPT_LIFETIME_SECONDS;

  @Setting({
    about: 'How long a requesting party token can be renewed by refresh tokens, in seconds',
    kind: 'integer',
  })
  @Min(1)
  @Max(31_536_000)
  readonly RPT_REFRESH_LIFETIME_SECONDS: number = REFRESH_LIFETIME_SECONDS;

  @Setting({
    about: 'How long what somebody proved about themselves is relied on, in seconds',
    kind: 'integer',
  })
  @Min(1)
  @Max(31_536_000)
  readonly CLAIM_LIFETIME_SECONDS: number = CLAIM_LIFETIME_SECONDS;

  @Setting({
    about:
      'Issuers beside this server whose ID tokens and claims JWTs are believed, whichever client pushes them, and about anybody: trust them as this server',
    kind: 'list',
    otherwise: 'none',
  })
  @IsIssuerList()
  readonly CLAIM_ISSUERS: readonly string[] = [];

  @Setting({
    about: 'How much of a request must be permitted for a token: `never` in part, `ticket-complete`, or `any` of it',
    kind: 'text',
  })
  @IsIn(['never', 'ticket-complete', 'any'])
  readonly PARTIAL_GRANTS: 'never' | 'ticket-complete' | 'any' = 'ticket-complete';

  @Setting({
    about: 'Forms with the code of a device that one address may send in a minute; each device takes two',
    kind: 'integer',
  })
  @Min(1)
  readonly RATE_LIMIT_DEVICE: number = 20;

  @Setting({
    about:
      'Requests that one client may send in a minute to the token, to the pushed authorization and to the device ' +
      'authorization endpoint each, and refused ones that one address may',
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
