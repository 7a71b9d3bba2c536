import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsRFC3339,
  IsString,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

import { PURPOSE_CODES } from '../policy/purpose-of-use.js';
import { GranteeDto } from './grantee.dto.js';

const MAX_CLIENTS = 20;

/** How long a type can be: all of it fits into an index of the database, beside the longest grantee. */
export const MAX_TYPE_CHARACTERS = 255;

/** What limits a share; what is left out is no limit. */
class ShareLimitsDto {
  /** From when on, RFC 3339 with zone; at once when left out. */
  @IsOptional()
  @IsRFC3339()
  readonly startsAt?: string | null;

  /** Until when, RFC 3339 with zone; until withdrawn when left out. */
  @IsOptional()
  @IsRFC3339()
  readonly expiresAt?: string | null;

  /** Ids of the only clients that it is for. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_CLIENTS)
  @ArrayUnique()
  @IsString({ each: true })
  @ApiPropertyOptional({ type: [String] })
  readonly clients?: readonly string[] | null;

  /** The only purposes that it is for: codes of HL7's value set PurposeOfUse. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(PURPOSE_CODES, { each: true })
  readonly purposes?: readonly string[] | null;

  /** Whether it gives nothing for the time being. */
  @ValidateIf(({ paused }: ShareLimitsDto) => paused !== undefined)
  @IsBoolean()
  readonly paused?: boolean;
}

/** Body of `POST /api/shares`: of one resource, or of all resources of a type. */
export class CreateShareDto extends ShareLimitsDto {
  /** Id of the resource at this authorization server: `_id` of its registration. */
  @ValidateIf(({ resourceType }: CreateShareDto) => resourceType === undefined)
  @IsString()
  @IsNotEmpty()
  readonly resourceId?: string;

  /** Instead of one resource: all resources of a type that the owner has or will have, `type` of their registrations. */
  @ValidateIf(({ resourceType }: CreateShareDto) => resourceType !== undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_TYPE_CHARACTERS)
  readonly resourceType?: string;

  /** Scopes of the resource that the person may have. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsString({ each: true })
  readonly scopes!: readonly string[];

  @IsDefined()
  @ValidateNested()
  @Type(() => GranteeDto)
  readonly grantee!: GranteeDto;
}

/** Body of `PATCH /api/shares/{id}`; what is left out stays, `null` takes a limit away. */
export class ChangeShareDto extends ShareLimitsDto {
  @ValidateIf(({ scopes }: ChangeShareDto) => scopes !== undefined)
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsString({ each: true })
  readonly scopes?: readonly string[];
}
