import { Recent } from './recent.js';
import { Sealer } from './sealing.js';
import type { Secret } from './secret.js';

/**
 * A sealer that remembers what it has opened lately: for texts that are read far more often than they are written. Each
 * sealing makes another text, so that what is remembered never goes stale.
 */
export class RememberingSealer extends Sealer {
  private readonly opened: Recent<string, string>;

  /** @param limit how many texts are remembered */
  constructor(secretKey: Secret, purpose: string, limit: number) {
    super(secretKey, purpose);
    this.opened = new Recent(limit);
  }

  override unseal(sealed: string): string {
    return this.opened.get(sealed, () => super.unseal(sealed));
  }
}
