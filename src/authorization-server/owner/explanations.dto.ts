import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsNotEmpty,
  IsOptional,
  IsRFC3339,
  IsString,
  MaxLength,
  Validate,
  ValidateNested,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';

import type { ClaimValue } from '../policy/claims.js';
import { CLAIM_VALUE } from './claim-value.schema.js';

const MAX_CHARACTERS = 1000;
const MAX_ITEMS = 50;

@ValidatorConstraint({ name: 'claimValue' })
class ClaimValueRule implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    if (typeof value === 'string') return value.length <= MAX_CHARACTERS;
    return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
  }

  defaultMessage(): string {
    return 'value must be a text, a number or a boolean';
  }
}

/** The person whom a question is about: `issuer` and `subject`, or the `username` of someone who has an account here. */
export class ExplainedPersonDto {
  @IsOptional()
  @IsString()
  @MaxLength(MAX_CHARACTERS)
  readonly issuer?: string;

  @IsOptional()
  @IsString()
  @MaxLength(MAX_CHARACTERS)
  readonly subject?: string;

  @IsOptional()
  @IsString()
  @MaxLength(MAX_CHARACTERS)
  readonly username?: string;
}

/** Something that the person is taken to have proved. */
export class ExplainedClaimDto {
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_CHARACTERS)
  readonly name!: string;

  /** A text, a number or a boolean. */
  @Validate(ClaimValueRule)
  @ApiProperty(CLAIM_VALUE)
  readonly value!: ClaimValue;

  /** Who says so; this server when left out. */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_CHARACTERS)
  readonly issuer?: string;
}

/** Body of `POST /api/explanations`: who would like what, in which circumstances. */
export class ExplanationDto {
  /** Id of the resource at this authorization server: `_id` of its registration. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_CHARACTERS)
  readonly resourceId!: string;

  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @ArrayMaxSize(MAX_ITEMS)
  @IsString({ each: true })
  readonly scopes!: readonly string[];

  /** Who asks; somebody who is not identified when left out. */
  @IsOptional()
  @ValidateNested()
  @Type(() => ExplainedPersonDto)
  readonly person?: ExplainedPersonDto;

  /** What they have proved, beside what this server itself knows of a person with an account here. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_ITEMS)
  @ValidateNested({ each: true })
  @Type(() => ExplainedClaimDto)
  @ApiPropertyOptional({ type: [ExplainedClaimDto] })
  readonly claims?: readonly ExplainedClaimDto[];

  /** The client that they use; none in particular when left out. */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_CHARACTERS)
  readonly clientId?: string;

  /** What they want it for, an HL7 PurposeOfUse code. */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_CHARACTERS)
  readonly purpose?: string;

  /** When, RFC 3339 with zone; now when left out. */
  @IsOptional()
  @IsRFC3339()
  readonly at?: string;
}
