import { Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsDefined,
  IsNotEmpty,
  IsOptional,
  IsRFC3339,
  IsString,
  Matches,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

/** OpenID Connect Core allows a subject 255 ASCII characters; all of it fits into an index of the database. */
const MAX_NAME_CHARACTERS = 255;
const MAX_ISSUER_CHARACTERS = 1000;
const PRINTABLE_ASCII = /^[\x20-\x7E]*$/;

/** A person to share with: `issuer` and `subject`, or the `username` of someone who has an account here. */
export class GranteeDto {
  /** Issuer that identifies the person, an https URL; without it, the one given here is meant by `username`. */
  @ValidateIf(({ username }: GranteeDto) => username === undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_ISSUER_CHARACTERS)
  @Matches(PRINTABLE_ASCII)
  readonly issuer?: string;

  /** The person's subject at `issuer`. */
  @ValidateIf(({ username }: GranteeDto) => username === undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_NAME_CHARACTERS)
  @Matches(PRINTABLE_ASCII)
  readonly subject?: string;

  /** Name with which the person signs in here. */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_NAME_CHARACTERS)
  readonly username?: string;
}

/** Body of `POST /api/shares`. */
export class CreateShareDto {
  /** Id of the resource at this authorization server: `_id` of its registration. */
  @IsString()
  @IsNotEmpty()
  readonly resourceId!: string;

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

  /** From when on, RFC 3339 with zone; at once when left out. */
  @IsOptional()
  @IsRFC3339()
  readonly startsAt?: string | null;

  /** Until when, RFC 3339 with zone; until withdrawn when left out. */
  @IsOptional()
  @IsRFC3339()
  readonly expiresAt?: string | null;
}

/** Body of `PATCH /api/shares/{id}`; what is left out stays, `null` takes a limit away. */
export class ChangeShareDto {
  @ValidateIf(({ scopes }: ChangeShareDto) => scopes !== undefined)
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsString({ each: true })
  readonly scopes?: readonly string[];

  @IsOptional()
  @IsRFC3339()
  readonly startsAt?: string | null;

  @IsOptional()
  @IsRFC3339()
  readonly expiresAt?: string | null;
}
