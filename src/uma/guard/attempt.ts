import type { InvalidProof } from './dpop-proofs.js';
import type { ProvenToken } from './proven-token.js';
import type { ScopeDemand } from './scope-demand.js';

/** One call to something protected, on whatever transport it came. */
export interface Attempt {
  /** The token of the call, if it brings one. */
  readonly token: ProvenToken | undefined;
  /** What the call needs at each of its resources. */
  readonly scopes: ScopeDemand;
  /** Whether a refusal repeats its challenge as a JSON body; else the module's setting holds. */
  readonly challengeBody?: boolean | undefined;
  /** Why a token that the call brings is not looked at: what came with it proves nothing. */
  readonly badProof?: InvalidProof | undefined;
}
