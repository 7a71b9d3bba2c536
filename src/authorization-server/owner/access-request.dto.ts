import { ArrayNotEmpty, ArrayUnique, IsArray, IsOptional, IsRFC3339, IsString } from 'class-validator';

/** Body of `POST /api/access-requests/{id}/approve`. */
export class ApproveDto {
  /** The scopes that are allowed, all or some of those that were asked for; the others are refused. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsString({ each: true })
  readonly scopes!: readonly string[];

  /**
   * Until when, RFC 3339 with zone; left out: as long as the share with this person that there is, or until withdrawn. It
   * is a conflict when other scopes are shared with this person until another time.
   */
  @IsOptional()
  @IsRFC3339()
  readonly expiresAt?: string | null;
}
