import type { ApiPropertyOptions } from '@nestjs/swagger';

/** What a claim says, for the description of the API: its type is a union, which is not told by itself. */
export const CLAIM_VALUE: ApiPropertyOptions = {
  oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }],
};
