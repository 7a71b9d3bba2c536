import type { Answered, UmaAnswer } from './uma-answer.js';

/** Ends a flow from any depth with the answer that its caller gets; it never leaves the `UmaClient`. */
export class FlowEnded extends Error {
  override readonly name = 'FlowEnded';

  constructor(readonly answer: Exclude<UmaAnswer, Answered>) {
    super(answer.kind);
  }

  /** The same ending, with the authorization server that the flow had got to: where it ends, that may not be known. */
  at(authorizationServer: string): FlowEnded {
    const answer = { authorizationServer, ...this.answer };
    return new FlowEnded(answer);
  }
}
