import { HttpException } from '@nestjs/common';

import { isOutOfService } from '../../common/out-of-service.js';
import type { UmaChallenge } from '../protocol/challenge.js';

/** What a refusal carries beside its code. */
export interface RefusalParts {
  /** Headers of the answer, by name in lower case. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** The permission ticket to try again with, and where. */
  readonly challenge?: UmaChallenge;
  /** The body, in place of `error` and `error_description`. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** A refusal of the guard, on any transport. Over HTTP it is an exception whose body goes out as it is. */
export class UmaRefusal extends HttpException {
  /** Headers of the answer, by name in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  private readonly challenge: UmaChallenge | undefined;

  /**
   * @param error code of the standard
   * @param description a sentence for the client's developer; it holds no ticket
   */
  constructor(
    status: number,
    private readonly error: string,
    private readonly description: string,
    { headers = {}, challenge, body }: RefusalParts = {},
  ) {
    super(body ?? { error, error_description: description }, status);
    this.message = description;
    this.headers = headers;
    this.challenge = challenge;
  }

  /** The JSON body of the answer. */
  toBody(): object {
    return this.getResponse() as object;
  }

  /** The same for a socket, which has no headers. */
  toMessage(): RefusalMessage {
    const { asUri, ticket } = this.challenge ?? {};
    return {
      status: this.getStatus(),
      error: this.error,
      error_description: this.description,
      ...(asUri !== undefined && { as_uri: asUri }),
      ...(ticket !== undefined && { ticket }),
    };
  }
}

/** A refusal as a socket gets it. */
export interface RefusalMessage {
  /** What the status over HTTP would be. */
  readonly status: number;
  readonly error: string;
  readonly error_description: string;
  /** Where to redeem the ticket. */
  readonly as_uri?: string;
  readonly ticket?: string;
}

/** The refusal of a call for a resource that does not exist here. */
export const unknownResource = (): UmaRefusal => new UmaRefusal(404, 'not_found', 'There is no such resource.');

/** The refusal of a call that failed, on a socket: nothing is told of why. */
export const failed = (error: unknown): UmaRefusal =>
  isOutOfService(error)
    ? new UmaRefusal(503, 'temporarily_unavailable', 'Something that is needed cannot be used just now.')
    : new UmaRefusal(500, 'server_error', 'This could not be carried out.');

/** The refusal of a call that could be read in two ways. */
export const ambiguousToken = (): UmaRefusal =>
  new UmaRefusal(400, 'invalid_request', 'One Authorization header with one token is expected.');
