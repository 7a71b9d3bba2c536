import { IsEmail, IsInstance, IsNotEmpty, IsOptional, IsString } from 'class-validator';

import { Secret } from '../common/secret.js';
import { SecretMember } from './secret-member.decorator.js';

/** A person that the authorization server knows from its start. */
export class AccountSetting {
  @IsString()
  @IsNotEmpty()
  readonly username!: string;

  @SecretMember()
  @IsInstance(Secret, { message: 'password must be a string' })
  readonly password!: Secret;

  @IsString()
  @IsNotEmpty()
  readonly name!: string;

  /** Taken as verified. */
  @IsEmail()
  readonly email!: string;

  /** What ID tokens call the person for ever; made up when it is not given. */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  readonly sub?: string;
}
