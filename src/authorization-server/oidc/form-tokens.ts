import { createHmac, hkdfSync } from 'node:crypto';

import { equalInConstantTime } from '../../common/digest.js';
import type { Secret } from '../../common/secret.js';

/**
 * Tokens that a form carries to prove that the page it came from was ours and the same person's: another site can make a
 * browser send a form, but cannot know the token.
 */
export class FormTokens {
  private readonly key: Buffer;

  constructor(secretKey: Secret) {
    this.key = Buffer.from(hkdfSync('sha256', secretKey.reveal(), 'pulsegate', 'form-tokens', 32));
  }

  /** @param subject what the token is bound to: an interaction, a session */
  of(subject: string): string {
    return createHmac('sha256', this.key).update(subject).digest('base64url');
  }

  isOf(subject: string, token: string): boolean {
    return equalInConstantTime(this.of(subject), token);
  }
}
