import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsEmail,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateBy,
  ValidateNested,
} from 'class-validator';

import { CLAIM_VALUE } from './claim-value.schema.js';
import { MAX_ISSUER_CHARACTERS, MAX_NAME_CHARACTERS, PersonDto, PRINTABLE_ASCII } from './person.dto.js';

const MAX_CLAIMS = 10;
/** @see RFC 5321 section 4.5.3.1.3, without the angle brackets */
const MAX_EMAIL_CHARACTERS = 254;

/** A claim that somebody must have to be meant. */
export class RequiredClaimDto {
  /** Name of the claim. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_NAME_CHARACTERS)
  readonly name!: string;

  /** What it has to say, exactly: a text, a number, true or false. */
  @ApiProperty(CLAIM_VALUE)
  @ValidateBy({
    name: 'isClaimValue',
    validator: {
      validate: isClaimValue,
      defaultMessage: () => `value must be a number, a boolean, or a text of 1 to ${MAX_NAME_CHARACTERS} characters`,
    },
  })
  readonly value!: string | number | boolean;

  /** The issuer that has to say it, an https URL. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_ISSUER_CHARACTERS)
  @Matches(PRINTABLE_ASCII)
  readonly issuer!: string;
}

/** With whom to share: a person, whoever has a verified e-mail address, or whoever has all of some claims. */
export class GranteeDto extends PersonDto {
  /** E-mail address of somebody who may have no account yet. */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_EMAIL_CHARACTERS)
  @IsEmail()
  readonly email?: string;

  /** Claims of which somebody must have all. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_CLAIMS)
  @ValidateNested({ each: true })
  @Type(() => RequiredClaimDto)
  @ApiPropertyOptional({ type: [RequiredClaimDto] })
  readonly claims?: readonly RequiredClaimDto[];
}

function isClaimValue(value: unknown): boolean {
  if (typeof value === 'string') return value !== '' && value.length <= MAX_NAME_CHARACTERS;
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}
