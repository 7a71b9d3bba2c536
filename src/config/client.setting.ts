import { IsInstance, IsNotEmpty, IsOptional, IsString } from 'class-validator';

import { Secret } from '../common/secret.js';
import { SecretMember } from './secret-member.decorator.js';

/**
 * A client that the authorization server knows from its start: client metadata by its standard names, of which only
 * the identifier and the secret are looked at here.
 *
 * @see RFC 7591 section 2
 */
export class ClientSetting {
  readonly [metadata: string]: unknown;

  @IsString()
  @IsNotEmpty()
  readonly client_id!: string;

  @SecretMember()
  @IsOptional()
  @IsInstance(Secret, { message: 'client_secret must be a string' })
  readonly client_secret?: Secret;
}
