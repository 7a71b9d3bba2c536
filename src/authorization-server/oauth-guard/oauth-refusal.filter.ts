import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { OAuthRefusal } from './oauth-refusal.js';

interface Answer {
  readonly status: number;
  readonly challenge: string;
  readonly body?: Readonly<Record<string, string>>;
}

/**
 * Answers a refused request.
 *
 * @see RFC 6750 section 3 (without a token: no error code)
 */
@Catch(OAuthRefusal)
export class OAuthRefusalFilter implements ExceptionFilter<OAuthRefusal> {
  catch(refusal: OAuthRefusal, host: ArgumentsHost): void {
    const { status, challenge, body } = answerTo(refusal);
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.status(status).headers({ 'www-authenticate': challenge, 'cache-control': 'no-store' }).send(body);
  }
}

function answerTo({ reason, scopes }: OAuthRefusal): Answer {
  switch (reason) {
    case 'no_token':
      return { status: 401, challenge: 'Bearer realm="Service"' };
    case 'invalid_token':
      return {
        status: 401,
        challenge: 'Bearer realm="Service", error="invalid_token"',
        body: { error: 'invalid_token', error_description: 'Invalid token: access token is invalid' },
      };
    case 'insufficient_scope':
      return {
        status: 403,
        challenge: `Bearer realm="Service", error="insufficient_scope", scope="${scopes.join(' ')}"`,
        body: {
          error: 'insufficient_scope',
          error_description: 'Insufficient scope: authorized scope is insufficient',
        },
      };
  }
}
