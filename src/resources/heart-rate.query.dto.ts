import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';

import { MAX_PAGE_SIZE } from '../measurements/measurements.js';

/** Which samples are asked for. */
export class HeartRateQuery {
  /** The earliest time, itself included: RFC 3339 with its zone. */
  @IsOptional()
  @IsString()
  readonly from?: string;

  /** The time at which the range ends, itself excluded: RFC 3339 with its zone. */
  @IsOptional()
  @IsString()
  readonly to?: string;

  /** `next` of the page before. */
  @IsOptional()
  @IsString()
  readonly cursor?: string;

  /** The most samples to answer with. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE_SIZE)
  readonly limit?: number;
}
