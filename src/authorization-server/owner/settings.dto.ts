import { IsBoolean, ValidateIf } from 'class-validator';

/** Body of `PATCH /api/settings`; what is left out stays. */
export class ChangeSettingsDto {
  /** Whether people may ask for what is not shared with them. */
  @ValidateIf(({ acceptsRequests }: ChangeSettingsDto) => acceptsRequests !== undefined)
  @IsBoolean()
  readonly acceptsRequests?: boolean;

  /** Whether nothing is shared for the time being; tokens end at once when it is. */
  @ValidateIf(({ paused }: ChangeSettingsDto) => paused !== undefined)
  @IsBoolean()
  readonly paused?: boolean;
}
