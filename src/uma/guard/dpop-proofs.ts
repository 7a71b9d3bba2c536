import { hash } from 'node:crypto';

import { Injectable, type OnModuleDestroy, Optional } from '@nestjs/common';
import { calculateJwkThumbprint, decodeProtectedHeader, EmbeddedJWK, errors, type JWTPayload, jwtVerify } from 'jose';

import { Clock } from '../../common/clock.js';
import { equalInConstantTime } from '../../common/digest.js';
import { News, NoNews } from '../../common/news.js';
import type { ProofOfPossession } from './proven-token.js';
import { SpentProofs } from './spent-proofs.js';

/** JWS algorithms of a proof: those with a public key, and no others. */
export const DPOP_ALGORITHMS = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'RS256'];
/** How old a proof may be, in seconds. */
const LONGEST_AGE_SECONDS = 60;
/** How far the clock of a client may be ahead of ours, in seconds. */
const LONGEST_AHEAD_SECONDS = 10;
const LONGEST_ID = 128;
/** On what topic the instances tell each other what was spent. */
const TOPIC = 'spent-proof';

/** What a proof has to be about. */
export interface ProofTerms {
  /** The token that comes with it. */
  readonly token: string;
  /** Method of the request, in upper case. */
  readonly method: string;
  /** Address of the request as its client knows it, without query. */
  readonly url: string;
}

/** Raised when a proof of possession proves nothing; the message says why, for the client's developer. */
export class InvalidProof extends Error {
  override readonly name = 'InvalidProof';
}

/**
 * Checks proofs of possession: that whoever sends a token holds the key it is bound to, for this very request, now and for
 * the first time. Other instances are told of each that was spent, so that it is good there no longer than the news takes.
 *
 * @see RFC 9449 sections 4.3 and 7
 */
@Injectable()
export class DpopProofs implements OnModuleDestroy {
  private readonly spent = new SpentProofs();
  private readonly unsubscribe: () => void;

  constructor(
    private readonly clock: Clock,
    @Optional() private readonly news: News = new NoNews(),
  ) {
    this.unsubscribe = news.subscribe(TOPIC, (message) => {
      const [id, untilMs] = Array.isArray(message) ? (message as unknown[]) : [];
      if (typeof id === 'string' && typeof untilMs === 'number') this.spent.spend(id, clock.nowMs(), untilMs);
    });
  }

  onModuleDestroy(): void {
    this.unsubscribe();
  }

  /**
   * @param proofs every value of the header `DPoP`
   * @returns what was proved; it is spent by whoever finds that the token is good, because others could send any number
   * @throws InvalidProof
   */
  async prove(proofs: readonly string[], terms: ProofTerms): Promise<ProofOfPossession> {
    const [proof, another] = proofs;
    if (proof === undefined) throw new InvalidProof('A token of this kind needs a proof in the header DPoP.');
    if (another !== undefined) throw new InvalidProof('There has to be one proof.');
    const claims = await this.verified(proof);
    this.check(claims, terms);
    const { jwk } = decodeProtectedHeader(proof);
    const jkt = await calculateJwkThumbprint(jwk ?? {});
    const id = `${jkt} ${String(claims.jti)}`;
    const untilMs = ((claims.iat ?? 0) + LONGEST_AGE_SECONDS + 1) * 1000;
    return { jkt, spend: () => this.spend(id, untilMs) };
  }

  /** One that has grown old meanwhile is not remembered any more, so that it could have been used before. */
  private spend(id: string, untilMs: number): boolean {
    const nowMs = this.clock.nowMs();
    if (nowMs >= untilMs || !this.spent.spend(id, nowMs, untilMs)) return false;
    // No call waits for that.
    this.news.tell(TOPIC, [id, untilMs]).catch(() => undefined);
    return true;
  }

  private async verified(proof: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(proof, EmbeddedJWK, {
        typ: 'dpop+jwt',
        algorithms: DPOP_ALGORITHMS,
        currentDate: new Date(this.clock.nowMs()),
        clockTolerance: LONGEST_AHEAD_SECONDS,
      });
      return payload;
    } catch (cause) {
      // Whatever a key of the client's own making does to the library, it is no proof.
      const why = cause instanceof errors.JOSEError ? ` (${cause.code})` : '';
      throw new InvalidProof(`The proof is not signed as it has to be${why}.`, { cause });
    }
  }

  private check({ htm, htu, iat, jti, ath }: JWTPayload, { token, method, url }: ProofTerms): void {
    refuseUnless(isText(jti) && jti !== '' && jti.length <= LONGEST_ID, 'jti is missing, or too long.');
    refuseUnless(htm === method, 'htm is not the method of the request.');
    refuseUnless(isText(htu) && isSameAddress(htu, url), 'htu is not the address that is asked.');
    refuseUnless(isText(ath) && equalInConstantTime(ath, accessTokenHash(token)), 'ath is not the hash of the token.');
    refuseUnless(this.isRecent(iat), 'iat is missing, too old or of a time to come.');
  }

  private isRecent(iat = NaN): boolean {
    const age = this.clock.nowMs() / 1000 - iat;
    return age <= LONGEST_AGE_SECONDS && age >= -LONGEST_AHEAD_SECONDS;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';

function refuseUnless(isRight: boolean, problem: string): void {
  if (!isRight) throw new InvalidProof(problem);
}

/** `ath` of a token. @see RFC 9449 section 4.2 */
export const accessTokenHash = (token: string): string => hash('sha256', token, 'base64url');

/** Compares without query and fragment, after normalisation. @see RFC 9449 section 4.3 (step 9) */
function isSameAddress(claimed: string, actual: string): boolean {
  return URL.canParse(claimed) && URL.canParse(actual) && bare(claimed) === bare(actual);
}

function bare(address: string): string {
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}
