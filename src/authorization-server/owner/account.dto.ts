import { Transform } from 'class-transformer';
import { IsOptional, IsString, Matches } from 'class-validator';

/** Query of `GET /account`. */
export class AccountQueryDto {
  /** The resource that the owner came for. */
  @IsOptional()
  @IsString()
  readonly resource?: string;

  /** Id of the share that the owner just made. */
  @IsOptional()
  @IsString()
  readonly shared?: string;

  /** Id of the share that the owner just changed. */
  @IsOptional()
  @IsString()
  readonly changed?: string;
}

/** The form that shares a resource. */
export class ShareFormDto {
  @IsString()
  readonly csrf_token!: string;

  @IsString()
  readonly resource!: string;

  @IsString()
  readonly username!: string;

  /** A form sends nothing when no box is ticked, a text for one and a list for several. */
  @Transform(({ value }: { value: unknown }) => [value ?? []].flat())
  @IsString({ each: true })
  readonly scopes: readonly string[] = [];

  /** The last day, as a date field sends it; empty for no end. */
  @IsOptional()
  @Matches(/^(?:\d{4}-\d{2}-\d{2})?$/)
  readonly until?: string;
}
