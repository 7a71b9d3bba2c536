import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsString, Length, Matches } from 'class-validator';

/** Whoever reads a name sees all of it as it is: none of its characters ends the line, or turns others round. */
const PLAIN = /^[^\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u;

const trimmed = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.trim() : value);

/** What a sensor is called: 1 to 100 characters, without the spaces around them. */
export const SensorName = (): PropertyDecorator =>
  applyDecorators(
    Transform(trimmed),
    IsString(),
    Length(1, 100),
    Matches(PLAIN, { message: 'name has to be one line without control characters' }),
  );
