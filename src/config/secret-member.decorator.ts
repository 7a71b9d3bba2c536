import { Transform } from 'class-transformer';

import { Secret } from '../common/secret.js';

/** A member of a JSON object that is a secret: its text becomes a {@link Secret} as soon as it is read. */
export const SecretMember = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? new Secret(value) : value));
