import { hash, timingSafeEqual } from 'node:crypto';

/**
 * The form in which a handle (ticket, token, credential) is stored: its SHA-256 as base64url. A handle of 256 random
 * bits needs no salt and no slow hash.
 */
export function digest(handle: string): string {
  return hash('sha256', handle, 'base64url');
}

/** Compares two strings in a time that tells nothing about where they differ. */
export function equalInConstantTime(left: string, right: string): boolean {
  return timingSafeEqual(hash('sha256', left, 'buffer'), hash('sha256', right, 'buffer'));
}
