import { UmaError } from '../../uma/protocol/uma-error.js';

/** What an owner decides about a share: with whom, what, how long, and by which apps. */
export type ShareDecision = 'grantee' | 'scopes' | 'time' | 'clients';

/** A refusal of what an owner decided, that tells a form which of its fields is meant. */
export class ShareRefusal extends UmaError {
  constructor(
    readonly decision: ShareDecision,
    description: string,
  ) {
    super('invalid_request', description);
  }
}
