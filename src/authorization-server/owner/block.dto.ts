import { Type } from 'class-transformer';
import { IsDefined, ValidateNested } from 'class-validator';

import { PersonDto } from './person.dto.js';

/** Body of `POST /api/blocks`. */
export class BlockDto {
  /** With whom nothing is shared from now on. */
  @IsDefined()
  @ValidateNested()
  @Type(() => PersonDto)
  readonly person!: PersonDto;
}
