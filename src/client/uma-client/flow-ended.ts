import type { UmaAnswer } from './uma-answer.js';

/** Ends a flow from any depth with the answer that its caller gets; it never leaves the `UmaClient`. */
export class FlowEnded extends Error {
  override readonly name = 'FlowEnded';

  constructor(readonly answer: UmaAnswer) {
    super(answer.kind);
  }
}
