import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

import { MAX_BUCKETS } from '../measurements/summaries.js';

/** Which buckets are asked for. */
export class SummaryQuery {
  /** How long a bucket is: an ISO 8601 duration that a day can be divided by, from `PT1M` to `P1D`; `PT1M` when not given. */
  @IsOptional()
  @IsString()
  readonly bucket?: string;

  /** IANA zone of the wall clock by which buckets begin; `UTC` when not given. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  readonly timeZone?: string;

  /** A time in the first minute: RFC 3339 with its zone. */
  @IsOptional()
  @IsString()
  readonly from?: string;

  /** The time before which the last minute begins: RFC 3339 with its zone. */
  @IsOptional()
  @IsString()
  readonly to?: string;

  /** `next` of the page before. */
  @IsOptional()
  @IsString()
  readonly cursor?: string;

  /** The most buckets to answer with. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_BUCKETS)
  readonly limit?: number;
}
