import type { Sealer } from '../common/sealing.js';

/** Opens sealed text; `undefined` when it was changed on its way, or the key it was sealed with is gone. */
export function openSealed(sealer: Sealer, sealed: string): string | undefined {
  try {
    return sealer.unseal(sealed);
  } catch {
    return undefined;
  }
}
