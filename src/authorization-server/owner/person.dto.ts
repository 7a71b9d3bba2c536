import { IsNotEmpty, IsOptional, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';

/** OpenID Connect Core allows a subject 255 ASCII characters; all of it fits into an index of the database. */
export const MAX_NAME_CHARACTERS = 255;
export const MAX_ISSUER_CHARACTERS = 1000;
export const PRINTABLE_ASCII = /^[\x20-\x7E]*$/;

/** Whether a person is named by `issuer` and `subject`, because in no other way. */
function isNamedByIssuer(named: Readonly<Record<string, unknown>>): boolean {
  return ['username', 'email', 'claims'].every((other) => named[other] === undefined);
}

/** A person: `issuer` and `subject`, or the `username` of someone who has an account here. */
export class PersonDto {
  /** Issuer that identifies the person, an https URL; without it, the one given here is meant by `username`. */
  @ValidateIf(isNamedByIssuer)
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_ISSUER_CHARACTERS)
  @Matches(PRINTABLE_ASCII)
  readonly issuer?: string;

  /** The person's subject at `issuer`. */
  @ValidateIf(isNamedByIssuer)
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
