import { IsIn, IsInstance, IsNotEmpty, IsOptional, IsString, Matches } from 'class-validator';

import { type PresetName, SIGN_IN_PRESETS } from '../common/preset-names.js';
import { Secret } from '../common/secret.js';
import { IsShortName } from './rules.js';
import { SecretMember } from './secret-member.decorator.js';

/** One more authorization server where owners of the resource server may sign in, and who the resource server is there. */
export class AuthorizationServerSetting {
  /** Ends the address to which it sends people back. */
  @Matches(/^[a-z0-9][a-z0-9-]{0,31}$/, { message: 'id must be 1 to 32 small letters, digits and hyphens' })
  readonly id!: string;

  /** What it has to be like depends on the environment: `AreOtherServers` sees to it. */
  @IsString()
  readonly issuer!: string;

  @IsString()
  @IsNotEmpty()
  readonly client_id!: string;

  @SecretMember()
  @IsInstance(Secret, { message: 'client_secret must be a string' })
  readonly client_secret!: Secret;

  @IsOptional()
  @IsIn(SIGN_IN_PRESETS)
  readonly preset?: PresetName;

  @IsOptional()
  @IsShortName()
  readonly name?: string;
}
