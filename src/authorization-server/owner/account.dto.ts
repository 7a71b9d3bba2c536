import { Transform } from 'class-transformer';
import { Allow, ArrayMaxSize, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';

import { PURPOSE_CODES } from '../policy/purpose-of-use.js';
import { MAX_ISSUER_CHARACTERS, MAX_NAME_CHARACTERS } from './person.dto.js';
import { WHOLE_KIND } from './share-form.js';

/** What an owner can have done on the page, as its address says it afterwards. */
export const DONE = [
  'shared',
  'changed',
  'paused',
  'resumed',
  'stopped',
  'allowed',
  'refused',
  'blocked',
  'unblocked',
  'all-paused',
  'all-resumed',
  'asking-allowed',
  'asking-stopped',
  'forgotten',
] as const;

/** One of {@link DONE}. */
export type Done = (typeof DONE)[number];

/** A form sends nothing when no box is ticked, a text for one and a list for several. */
function asList({ value }: { value: unknown }): unknown {
  return [value ?? []].flat();
}

const BOOLEANS = ['true', 'false'];
const MAX_BOXES = 100;

/** Query of `GET /account`. */
export class AccountQueryDto {
  /** The resource that the owner came for. */
  @IsOptional()
  @IsString()
  readonly resource?: string;

  /** What the owner just did. */
  @IsOptional()
  @IsIn(DONE)
  readonly done?: Done;

  /** Id of the share, request, block or app that they did it to. */
  @IsOptional()
  @IsString()
  readonly to?: string;

  /** Ids of the shares, with spaces between, by which may still be seen what they stopped sharing. */
  @IsOptional()
  @IsString()
  readonly still?: string;
}

/** What every form of the page carries. */
class AccountFormDto {
  /** Looked at by whoever does what the form asks for: that it is missing is answered as that it is wrong. */
  @Allow()
  readonly csrf_token?: unknown;
}

/** The form that shares a resource. */
export class ShareFormDto extends AccountFormDto {
  @IsString()
  readonly resource!: string;

  /** The name of someone who has an account here, or an e-mail address. */
  @IsString()
  readonly who!: string;

  @Transform(asList)
  @IsString({ each: true })
  readonly scopes: readonly string[] = [];

  /** The last day, as a date field sends it; empty for no end. */
  @IsOptional()
  @IsString()
  readonly until?: string;

  /** Whether all of the resource's type is shared. */
  @IsOptional()
  @IsIn([WHOLE_KIND])
  readonly reach?: string;

  @Transform(asList)
  @IsIn(PURPOSE_CODES, { each: true })
  readonly purposes: readonly string[] = [];

  @Transform(asList)
  @ArrayMaxSize(MAX_BOXES)
  @IsString({ each: true })
  readonly clients: readonly string[] = [];
}

/** The form that allows what somebody asks for, or some of it. */
export class AllowFormDto extends AccountFormDto {
  @Transform(asList)
  @IsString({ each: true })
  readonly scopes: readonly string[] = [];

  /** The scopes that the page showed as asked for. */
  @Transform(asList)
  @IsString({ each: true })
  readonly seen: readonly string[] = [];

  /** The last day, as a date field sends it; empty for no end. */
  @IsOptional()
  @IsString()
  readonly until?: string;
}

/** The form that blocks a person. */
export class BlockFormDto extends AccountFormDto {
  @IsString()
  @MaxLength(MAX_ISSUER_CHARACTERS)
  readonly issuer!: string;

  @IsString()
  @MaxLength(MAX_NAME_CHARACTERS)
  readonly subject!: string;
}

/** The forms that change what holds for all sharing. */
export class SettingsFormDto extends AccountFormDto {
  @IsOptional()
  @IsIn(BOOLEANS)
  readonly acceptsRequests?: 'true' | 'false';

  @IsOptional()
  @IsIn(BOOLEANS)
  readonly paused?: 'true' | 'false';
}

/** The form that lets nothing be remembered for an app any more. */
export class ForgetFormDto extends AccountFormDto {
  @IsString()
  readonly client!: string;
}
