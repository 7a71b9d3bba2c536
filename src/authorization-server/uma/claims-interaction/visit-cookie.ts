import { Inject, Injectable } from '@nestjs/common';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { randomId } from '../../../common/randomness.js';
import { Sealer, UnsealError } from '../../../common/sealing.js';
import { ENDPOINTS } from '../../endpoints.js';
import { basePathOf } from '../../oidc/oidc.options.js';
import { UMA_SEALER, UmaOptions } from '../uma-options.js';

/** How long a requesting party may take, in seconds. */
export const VISIT_SECONDS = 3_600;

/** A requesting party's visit to the claims interaction endpoint. */
export interface ClaimsVisit {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string | undefined;
  /** The next ticket of the process. It never leaves this server but in the sealed cookie. */
  readonly ticket: string;
}

/**
 * Ties a visit to the browser that began it: whoever else gets hold of the visit's address can do nothing with it. Each
 * visit has a cookie of its own, so that visits in several tabs do not end each other.
 *
 * @see UMA 2.0 Grant section 5.1
 */
@Injectable()
export class VisitCookie {
  private readonly path: string;

  constructor(
    private readonly options: UmaOptions,
    @Inject(UMA_SEALER) private readonly sealer: Sealer,
  ) {
    this.path = `${basePathOf(options.issuer)}${ENDPOINTS.claimsInteraction}`;
  }

  /** @returns the id of the visit, which its address ends in */
  begin(reply: FastifyReply, visit: ClaimsVisit): string {
    const id = randomId();
    this.write(reply, id, this.sealer.seal(JSON.stringify(visit)), VISIT_SECONDS);
    return id;
  }

  /** The visit of that id; `undefined` when this browser has none. */
  read({ headers }: Pick<FastifyRequest, 'headers'>, id: string): ClaimsVisit | undefined {
    const sealed = parseCookie(headers.cookie ?? '')[nameOf(id)];
    if (sealed === undefined) return undefined;
    try {
      return JSON.parse(this.sealer.unseal(sealed)) as ClaimsVisit;
    } catch (error) {
      if (!(error instanceof UnsealError)) throw error;
      return undefined;
    }
  }

  end(reply: FastifyReply, id: string): void {
    this.write(reply, id, '', 0);
  }

  private write(reply: FastifyReply, id: string, value: string, maxAge: number): void {
    const secure = this.options.issuer.startsWith('https:');
    const attributes = { path: `${this.path}/${id}`, httpOnly: true, sameSite: 'lax', secure, maxAge } as const;
    void reply.header('set-cookie', stringifySetCookie({ name: nameOf(id), value, ...attributes }));
  }
}

const nameOf = (id: string): string => `pulsegate_as_claims_${id}`;
