import type { Secret } from '../../common/secret.js';

/** Whose RPTs: an RPT never serves another person, authorization server or resource server than it was issued for. */
export interface RptHolder {
  /** Who vouches for the requesting party. */
  readonly personIssuer: string;
  /** The requesting party's `sub` there. */
  readonly personSubject: string;
  /** Issuer of the authorization server. */
  readonly authorizationServer: string;
  /** Origin of the resource server. */
  readonly resourceServer: string;
}

/** An RPT with what is known of it. */
export interface Rpt {
  readonly accessToken: Secret;
  /** Paths at the resource server at and below which it serves; of one holder's RPTs no two have the same. */
  readonly paths: readonly string[];
  /** Seconds since the Unix epoch; absent when the authorization server did not say. */
  readonly expiresAt?: number;
  /** Gets the next RPT without a ticket. @see UMA 2.0 Grant section 3.6 */
  readonly refreshToken?: Secret;
  /** When it is time to use the refresh token, in seconds since the Unix epoch. */
  readonly renewAt?: number;
}

/** An RPT as a store keeps it. */
export interface KeptRpt extends Rpt {
  readonly id: string;
  /** Counts the changes, so that nobody overwrites or deletes what they have not seen. */
  readonly version: number;
}

/** Keeps RPTs between calls. They and their refresh tokens open things: whoever stores them on disk encrypts them. */
export abstract class RptStore {
  /** Every RPT of a holder, expired or not. */
  abstract list(holder: RptHolder): Promise<readonly KeptRpt[]>;

  /** Keeps one more RPT. */
  abstract put(holder: RptHolder, rpt: Rpt): Promise<KeptRpt>;

  /** Puts an RPT in the place of one. @returns `undefined`, and changes nothing, when that one was changed or is gone */
  abstract replace(holder: RptHolder, kept: KeptRpt, next: Rpt): Promise<KeptRpt | undefined>;

  /** Forgets an RPT, unless it was changed meanwhile. */
  abstract drop(holder: RptHolder, kept: KeptRpt): Promise<void>;
}
