import { UmaError } from '../uma/protocol/uma-error.js';

/** A sign-in that failed on its way, and remembers where it was to lead. */
export class SignInFailed extends UmaError {
  constructor(
    failure: UmaError,
    /** Path of this server, as it was checked when the sign-in began; `undefined` when none was asked for. */
    readonly returnTo: string | undefined,
  ) {
    super(failure.code, failure.message, failure.members, { cause: failure });
  }
}

/**
 * Does a step of a sign-in, so that a refusal does not lose where the sign-in was to lead.
 *
 * @throws SignInFailed in place of a UmaError; anything else as it is
 */
export async function towards<Result>(returnTo: string | undefined, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    throw error instanceof UmaError ? new SignInFailed(error, returnTo) : error;
  }
}
