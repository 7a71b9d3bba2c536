import type { Sealer } from '../../common/sealing.js';
import type { Evidence } from './evidence.js';

/** What an authorization process has learned so far; its tickets carry it from one step to the next. */
export interface Progress {
  readonly evidence: Evidence | undefined;
  /** Whether the requesting party has allowed to keep the claims for another process; `undefined` until they say. */
  readonly mayKeepClaims: boolean | undefined;
  /** The shares for whose conditions claims were given, or are to be given. */
  readonly shareIds: readonly string[];
  /** How long the client was told to wait before it asks again, in seconds; while the owner is being asked. */
  readonly pollSeconds?: number;
}

/** A process that has just begun. */
export const BEGINNING: Progress = { evidence: undefined, mayKeepClaims: undefined, shareIds: [] };

/** Writes progress for storage: it holds people's claims, so nobody can read it there. */
export function sealProgress(sealer: Sealer, progress: Progress): string | null {
  return progress === BEGINNING ? null : sealer.seal(JSON.stringify(progress));
}

/** Reads what {@link sealProgress} wrote. */
export function unsealProgress(sealer: Sealer, sealed: string | null): Progress {
  return sealed === null ? BEGINNING : (JSON.parse(sealer.unseal(sealed)) as Progress);
}
