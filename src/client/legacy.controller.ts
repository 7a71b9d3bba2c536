import { Controller, Get, Header, Inject, UseGuards } from '@nestjs/common';

import { CurrentSession } from '../auth/current-session.decorator.js';
import type { LoginSession } from '../auth/login-session.js';
import { SignedInGuard } from '../auth/signed-in.guard.js';
import { Clock } from '../common/clock.js';
import { UmaError, type UmaErrorCode } from '../uma/protocol/uma-error.js';
import { type AccessState, stateOf } from './access-state.js';
import { CLIENT_OPTIONS, type ClientOptions } from './client.options.js';
import { heartRateFile, parseListedMeasurements } from './heart-rate-file.js';
import { RequestingParties } from './requesting-parties.js';
import { UmaClient, type UmaAnswer } from './uma-client/index.js';
import { UserFiles } from './user-files.js';

/** Facts of a requesting party token; the token itself stays on the server. */
export interface UmaTokenView {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Issuer of the authorization server. */
  readonly issuer: string;
  /** Seconds from now. */
  readonly expires_in?: number;
}

const REFUSALS: Readonly<Record<Exclude<AccessState, 'granted'>, readonly [UmaErrorCode, string]>> = {
  denied: ['request_denied', 'The owner does not share this with you.'],
  'owner-must-agree': ['access_denied', 'The owner was asked and has to agree first.'],
  'need-info': ['access_denied', 'The authorization server needs to know more about you: sign in again.'],
  'not-found': ['not_found', 'The resource server has no such resource.'],
  'not-trusted': ['access_denied', 'The resource server names an authorization server that is not trusted here.'],
  'authorization-server-unreachable': ['temporarily_unavailable', 'The authorization server cannot be reached.'],
  'resource-server-unreachable': ['temporarily_unavailable', 'The resource server cannot be reached.'],
  failed: ['server_error', 'The servers did not understand each other.'],
};

/** The routes of the Fraunhofer client server, under their old names (FH-20, FH-21). */
@Controller()
@UseGuards(SignedInGuard)
export class LegacyController {
  constructor(
    private readonly umaClient: UmaClient,
    private readonly requestingParties: RequestingParties,
    private readonly files: UserFiles,
    private readonly clock: Clock,
    @Inject(CLIENT_OPTIONS) private readonly options: ClientOptions,
  ) {}

  /** Runs the whole flow, writes `hearthRate.txt` into this person's folder, and answers with its text. */
  @Get('getHearthRate')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'private, no-store')
  async getHearthRate(@CurrentSession() session: LoginSession): Promise<string> {
    const { response } = await this.read(session);
    const text = heartRateFile(parseListedMeasurements(await response.json()));
    await this.files.write(session.person, 'hearthRate.txt', text);
    return text;
  }

  /** Runs the flow as far as the requesting party token (RPT), and tells about it. */
  @Get('umaToken')
  @Header('cache-control', 'private, no-store')
  async umaToken(@CurrentSession() session: LoginSession): Promise<UmaTokenView> {
    const { response, authorization } = await this.read(session);
    await response.body?.cancel();
    if (authorization === undefined) throw new UmaError('not_found', 'The resource server asked for no token.');
    const { authorizationServer, expiresAt } = authorization;
    return {
      access_token: '[redacted]',
      token_type: 'Bearer',
      issuer: authorizationServer,
      ...(expiresAt === undefined ? {} : { expires_in: expiresAt - this.clock.nowSeconds() }),
    };
  }

  private async read(session: LoginSession): Promise<Extract<UmaAnswer, { kind: 'answered' }>> {
    const answer = await this.umaClient.read(this.options.legacyResource, this.requestingParties.of(session), {
      headers: { accept: 'application/json' },
    });
    const state = stateOf(answer);
    if (answer.kind === 'answered' && state === 'granted') return answer;
    const [code, description] = REFUSALS[state === 'granted' ? 'failed' : state];
    throw new UmaError(code, description);
  }
}
