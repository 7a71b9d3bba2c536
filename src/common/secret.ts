import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * A value that must not be seen: a token, a password, a key. However it is printed, logged or serialised it shows
 * `[redacted]`; only {@link Secret.reveal} gives it away, so that a search for that word finds every use.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
