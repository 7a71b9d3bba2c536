/** A token that a call brings, with what was proved about whoever brings it. */
export interface ProvenToken {
  readonly token: string;
  /** Absent for a token that is merely borne. */
  readonly proof?: ProofOfPossession;
}

/** That the holder of a key sent the call. @see RFC 9449 */
export interface ProofOfPossession {
  /** Thumbprint of the key. @see RFC 7638 */
  readonly jkt: string;
  /** Uses the proof up, once it has let a call pass. @returns whether it was good for one more */
  spend(): boolean;
}

/** The same token for what its connection asks later, after its proof was used up. */
export function held({ token, proof }: ProvenToken): ProvenToken {
  return proof === undefined ? { token } : { token, proof: { jkt: proof.jkt, spend: () => true } };
}

/**
 * The same token for a connection that lasts: its proof is used up once, and what comes later on the connection comes from
 * the same holder.
 */
export function lasting({ token, proof }: ProvenToken): ProvenToken {
  if (proof === undefined) return { token };
  let isGood: boolean | undefined;
  return { token, proof: { jkt: proof.jkt, spend: () => (isGood ??= proof.spend()) } };
}
