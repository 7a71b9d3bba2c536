import type { SchemaObject } from '@nestjs/swagger';
import Type from 'typebox';

import { MAX_ITEMS } from './measurements-message.js';

// Values are checked apart, each with its own reason: here they are unknown.
const described = (description: string) => Type.Optional(Type.Unknown({ description }));

const unit = described('`/min`, `bpm` or `beats/minute`.');
const sentAt = described(
  'When it was sent, by the clock that tells the time of the measurement: RFC 3339 with its zone. By this times of a ' +
    'clock that is wrong are put right.',
);
const timestamp = Type.String({ description: 'When it was measured: RFC 3339 with its zone.' });

/** A measurement: a number, and an RFC 3339 time with its zone. */
export const MEASUREMENT = Type.Object(
  {
    heartRate: Type.Number({ description: 'Beats per minute: a whole number from 20 to 300.' }),
    timestamp,
    rrIntervals: described('Times from beat to beat, oldest first: numbers of milliseconds.'),
    contact: described('Whether the sensor touches the skin: true or false.'),
    energy: described('Energy expended, in kilojoules: a whole number from 0 to 65,535.'),
    sentAt,
    unit,
  },
  { title: 'Measurement' },
);

/** A measurement as a Bluetooth sensor gives it, which nobody has decoded. */
export const CHARACTERISTIC = Type.Object(
  {
    characteristic: Type.Unknown({
      description:
        'A value of the characteristic Heart Rate Measurement (0x2A37) in base64; over a socket also as bytes, ten in one message.',
    }),
    timestamp,
    sentAt,
  },
  { title: 'Bluetooth Heart Rate Measurement' },
);

/** A measurement of the systems before: the number may be text, and the time may lack its zone. */
export const OLD_MEASUREMENT = Type.Object(
  {
    measure: Type.Union([Type.Number(), Type.String({ pattern: '^\\s*-?\\d{1,9}\\s*$' })], {
      description: 'Beats per minute; may be text.',
    }),
    time: Type.Union([Type.String(), Type.Number()], { description: 'When it was measured.' }),
    sentAt,
    unit,
  },
  { title: 'Measurement of older sensors' },
);

const FORMS = [MEASUREMENT, CHARACTERISTIC, OLD_MEASUREMENT] as SchemaObject[];

/** A message of a sensor, as the description of the API has it. */
export const MESSAGE_SCHEMA: SchemaObject = {
  anyOf: [...FORMS, { title: 'Many', type: 'array', items: { anyOf: FORMS }, maxItems: MAX_ITEMS }],
};
