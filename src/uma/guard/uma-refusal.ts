import { HttpException } from '@nestjs/common';

/**
 * A refusal of the guard: an HTTP exception whose body goes out as it is. Headers of the refusal are already on the
 * reply when it is thrown.
 */
export class UmaRefusal extends HttpException {
  /** @param message for whoever reads the log; it holds no ticket */
  constructor(status: number, body: Readonly<Record<string, unknown>>, message: string) {
    super(body, status);
    this.message = message;
  }

  /** The JSON body of the answer. */
  toBody(): object {
    return this.getResponse() as object;
  }

  /** A refusal with an error code and a sentence for the client's developer. */
  static of(status: number, error: string, description: string): UmaRefusal {
    return new UmaRefusal(status, { error, error_description: description }, description);
  }
}
