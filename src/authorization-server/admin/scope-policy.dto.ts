import { ArrayMaxSize, ArrayNotEmpty, ArrayUnique, IsArray, IsString, Matches, MaxLength } from 'class-validator';

const MAX_NAME_CHARACTERS = 200;
const MAX_CEDAR_CHARACTERS = 20_000;
const MAX_SCOPES = 100;

/** @see RFC 6749 section 3.3 (`scope-token`) */
export const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]{1,1000}$/;

/** Body of `POST /api/scope-policies` and `PUT /api/scope-policies/{id}`. */
export class ScopePolicyDto {
  /** What administrators call the policy; no two are called the same. */
  @IsString()
  @Matches(/\S/)
  @MaxLength(MAX_NAME_CHARACTERS)
  readonly name!: string;

  /** The scopes that it restricts. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @ArrayMaxSize(MAX_SCOPES)
  @Matches(SCOPE, { each: true })
  readonly scopes!: readonly string[];

  /** Its text, in the Cedar policy language. */
  @IsString()
  @MaxLength(MAX_CEDAR_CHARACTERS)
  readonly cedar!: string;
}
