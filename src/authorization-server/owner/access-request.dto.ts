import { ArrayNotEmpty, ArrayUnique, IsArray, IsOptional, IsRFC3339, IsString, ValidateIf } from 'class-validator';

/** Body of `POST /api/access-requests/{id}/approve`. */
export class ApproveDto {
  /** Some of the scopes that were asked for, the others are refused; left out: all. */
  @ValidateIf(({ scopes }: ApproveDto) => scopes !== undefined)
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsString({ each: true })
  readonly scopes?: readonly string[];

  /** Until when, RFC 3339 with zone; left out: as long as the share with this person that there is, or until withdrawn. */
  @IsOptional()
  @IsRFC3339()
  readonly expiresAt?: string | null;
}
