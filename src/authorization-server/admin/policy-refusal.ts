import { UmaError } from '../../uma/protocol/uma-error.js';
import type { PolicyFault } from '../policy/scope-policies/policy-check.js';

/** Refuses a text that is no policy; the answer says what is wrong, and where. */
export class PolicyRefusal extends UmaError {
  constructor(readonly faults: readonly PolicyFault[]) {
    super('invalid_request', 'The policy text is not valid.', { faults });
  }
}
