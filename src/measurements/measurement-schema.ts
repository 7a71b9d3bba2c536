import type { SchemaObject } from '@nestjs/swagger';
import Type from 'typebox';

import { MAX_ITEMS } from './measurements-message.js';

const unit = Type.Optional(Type.Unknown({ description: '`/min`, `bpm` or `beats/minute`.' }));

/** A measurement: a number, and an RFC 3339 time with its zone. Values are checked apart, each with its own reason. */
export const MEASUREMENT = Type.Object(
  {
    heartRate: Type.Number({ description: 'Beats per minute: a whole number from 20 to 300.' }),
    timestamp: Type.String({ description: 'When it was measured: RFC 3339 with its zone.' }),
    unit,
  },
  { title: 'Measurement' },
);

/** A measurement of the systems before: the number may be text, and the time may lack its zone. */
export const OLD_MEASUREMENT = Type.Object(
  {
    measure: Type.Union([Type.Number(), Type.String({ pattern: '^\\s*-?\\d{1,9}\\s*$' })], {
      description: 'Beats per minute; may be text.',
    }),
    time: Type.Union([Type.String(), Type.Number()], { description: 'When it was measured.' }),
    unit,
  },
  { title: 'Measurement of older sensors' },
);

const FORMS = [MEASUREMENT, OLD_MEASUREMENT] as SchemaObject[];

/** A message of a sensor, as the description of the API has it. */
export const MESSAGE_SCHEMA: SchemaObject = {
  anyOf: [...FORMS, { title: 'Many', type: 'array', items: { anyOf: FORMS }, maxItems: MAX_ITEMS }],
};
