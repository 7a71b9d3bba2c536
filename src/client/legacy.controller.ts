import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';

import { CurrentSession, type LoginSession, SignedIn } from '../auth/index.js';
import { Clock } from '../common/clock.js';
import { UmaError, type UmaErrorCode } from '../uma/protocol/uma-error.js';
import type { Reason } from './access-state.js';
import { CLIENT_OPTIONS, type ClientOptions } from './client.options.js';
import { heartRateFile, type ListedMeasurement, parseListedMeasurements } from './heart-rate-file.js';
import { SealedRptStore } from './sealed-rpt-store.js';
import { type Granted, SharedResources } from './shared-resources.js';
import { type Authorization, rptFor } from './uma-client/index.js';
import type { UmaTokenView } from './uma-token-view.js';
import { UserFiles } from './user-files.js';

const REFUSALS: Readonly<Record<Reason, readonly [UmaErrorCode, string]>> = {
  denied: ['request_denied', 'The owner does not share this with you.'],
  'owner-must-agree': ['request_submitted', 'The owner was asked and has to agree first.'],
  'claims-needed': ['need_info', 'The owner’s server needs to know more about you: open the link in the viewer.'],
  'need-info': ['need_info', 'The authorization server needs to know more about you: sign in again.'],
  'not-found': ['not_found', 'The resource server has no such resource.'],
  'not-trusted': ['server_error', 'The resource server names an authorization server that is not trusted here.'],
  'authorization-server-unreachable': ['temporarily_unavailable', 'The authorization server cannot be reached.'],
  'resource-server-unreachable': ['temporarily_unavailable', 'The resource server cannot be reached.'],
  failed: ['server_error', 'The servers did not understand each other.'],
};

/** The routes of the Fraunhofer client server, under their old names (FH-20, FH-21). */
@ApiTags('Kept for older clients')
@Controller()
@SignedIn()
export class LegacyController {
  private readonly resource: URL;

  constructor(
    private readonly resources: SharedResources,
    private readonly rpts: SealedRptStore,
    private readonly files: UserFiles,
    private readonly clock: Clock,
    @Inject(CLIENT_OPTIONS) private readonly options: ClientOptions,
  ) {
    this.resource = new URL(`${options.resourceServer}/hearthRate`);
  }

  /** Runs the whole flow, writes `hearthRate.txt` into this person's folder, and answers with its text. */
  @Get('getHearthRate')
  @ApiProduces('text/plain')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'private, no-store')
  async getHearthRate(@CurrentSession() session: LoginSession): Promise<string> {
    const { body } = await this.read(session);
    const text = heartRateFile(this.measurementsOf(body));
    await this.files.write(session.person, 'hearthRate.txt', text);
    return text;
  }

  /** Runs the flow as far as the requesting party token (RPT), and tells about it. */
  @Get('umaToken')
  @Header('cache-control', 'private, no-store')
  async umaToken(@CurrentSession() session: LoginSession): Promise<UmaTokenView> {
    const { authorization } = await this.read(session);
    if (authorization === undefined) throw new UmaError('not_found', 'The resource server asked for no token.');
    const { authorizationServer, expiresAt } = authorization;
    const shown = this.options.devShowTokens ? await this.rptOf(session, authorization) : undefined;
    return {
      access_token: shown ?? '[redacted]',
      token_type: 'Bearer',
      issuer: authorizationServer,
      ...(expiresAt !== undefined && { expires_in: expiresAt - this.clock.nowSeconds() }),
    };
  }

  private async read(session: LoginSession): Promise<Granted> {
    const reading = await this.resources.read(session, this.resource.href);
    if (reading.state === 'granted') return reading;
    throw refusal(reading.state);
  }

  private measurementsOf(body: unknown): readonly ListedMeasurement[] {
    const measurements = parseListedMeasurements(body);
    if (measurements !== undefined) return measurements;
    throw refusal(this.resources.refuse(this.resource.href, { kind: 'not-heart-rate' }).state);
  }

  private async rptOf({ person }: LoginSession, { authorizationServer }: Authorization): Promise<string | undefined> {
    const rpts = await this.rpts.list({
      personIssuer: person.issuer,
      personSubject: person.subject,
      authorizationServer,
      resourceServer: this.resource.origin,
    });
    return rptFor(rpts, this.resource.pathname)?.accessToken.reveal();
  }
}

function refusal(reason: Reason): UmaError {
  const [code, description] = REFUSALS[reason];
  return new UmaError(code, description);
}
