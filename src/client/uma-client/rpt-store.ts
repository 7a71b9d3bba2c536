import type { Secret } from '../../common/secret.js';

/**
 * What an RPT is kept for. An RPT never serves another person, resource server or resource than the one it was asked
 * for.
 */
export interface RptKey {
  /** Who vouches for the requesting party. */
  readonly personIssuer: string;
  /** The requesting party's `sub` there. */
  readonly personSubject: string;
  /** Issuer of the authorization server. */
  readonly authorizationServer: string;
  /** Origin of the resource server. */
  readonly resourceServer: string;
  /** Path of the resource's URL. */
  readonly resource: string;
}

/** An RPT as it is kept. */
export interface StoredRpt {
  readonly accessToken: Secret;
  /** Seconds since the Unix epoch; absent when the authorization server did not say. */
  readonly expiresAt?: number;
}

/** Keeps RPTs between calls. An RPT is a bearer token: whoever stores it on disk encrypts it. */
export abstract class RptStore {
  /** The RPT kept under a key, expired or not. */
  abstract get(key: RptKey): Promise<StoredRpt | undefined>;

  /** Keeps an RPT, in place of an earlier one. */
  abstract put(key: RptKey, rpt: StoredRpt): Promise<void>;

  /** Forgets an RPT that was refused, unless another one has taken its place meanwhile. */
  abstract drop(key: RptKey, refused: StoredRpt): Promise<void>;
}
