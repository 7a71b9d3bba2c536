import { Allow, IsOptional, IsString } from 'class-validator';

/** Query of a page with a list. */
export class SearchQueryDto {
  /** What is looked for. */
  @IsOptional()
  @IsString()
  readonly q?: string;

  /** What the administrator just did: `saved`, `deleted`, `suspended` or `resumed`. */
  @IsOptional()
  @IsString()
  readonly done?: string;
}

/** The form of a scope policy. */
export class ScopePolicyFormDto {
  /** Looked at by `AdminVisits`: that it is missing is answered as that it is wrong. */
  @Allow()
  readonly csrf_token?: unknown;

  @IsString()
  readonly name!: string;

  /** Separated by spaces or lines. */
  @IsString()
  readonly scopes!: string;

  @IsString()
  readonly cedar!: string;
}

/** The form of the simulator; what is empty is not supposed. */
export class SimulatorFormDto {
  /** Looked at by `AdminVisits`: that it is missing is answered as that it is wrong. */
  @Allow()
  readonly csrf_token?: unknown;

  @IsString()
  readonly resource!: string;

  /** Separated by spaces. */
  @IsString()
  readonly scopes!: string;

  @IsString()
  readonly username!: string;

  @IsString()
  readonly issuer!: string;

  @IsString()
  readonly subject!: string;

  /** One a line: `name = value`, or `name = value by issuer`. */
  @IsString()
  readonly claims!: string;

  @IsString()
  readonly client!: string;

  @IsString()
  readonly purpose!: string;

  /** As a field for date and time sends it, in UTC. */
  @IsString()
  readonly at!: string;
}
