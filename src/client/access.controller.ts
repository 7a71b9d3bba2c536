import { Body, Controller, Get, Header, Param, Post, Query, UseGuards } from '@nestjs/common';

import { CsrfGuard } from '../auth/csrf.guard.js';
import { CurrentSession } from '../auth/current-session.decorator.js';
import type { LoginSession } from '../auth/login-session.js';
import { SignedInGuard } from '../auth/signed-in.guard.js';
import { UmaError } from '../uma/protocol/uma-error.js';
import { HistoryQueryDto, OpenAccessDto } from './access.dto.js';
import { type AccessRun, AccessRuns } from './access-runs.js';
import type { AccessState } from './access-state.js';
import { RequestingParties } from './requesting-parties.js';
import { type HeartRateSample, SharedHeartRate } from './shared-heart-rate.js';

/** A run as the viewer page gets it. */
export interface AccessView extends AccessRun {
  readonly state: AccessState;
  readonly wanted?: readonly string[];
  readonly latest?: HeartRateSample;
  readonly samples?: readonly HeartRateSample[];
}

/** What the viewer page asks: runs of the UMA flow, for the person who is signed in. No token ever gets to the page. */
@Controller('api/access')
@UseGuards(SignedInGuard, CsrfGuard)
export class AccessController {
  constructor(
    private readonly runs: AccessRuns,
    private readonly heartRate: SharedHeartRate,
    private readonly requestingParties: RequestingParties,
  ) {}

  /** What this person has opened, the newest first. */
  @Get()
  list(@CurrentSession() session: LoginSession): Promise<readonly AccessRun[]> {
    return this.runs.list(session.person);
  }

  /** Opens what a share link leads to, and says whether there is access. */
  @Post()
  async open(@CurrentSession() session: LoginSession, @Body() { resource }: OpenAccessDto): Promise<AccessView> {
    const look = await this.heartRate.ask(resource, this.requestingParties.of(session));
    const run = await this.runs.open(session.person, resource);
    return { ...run, ...viewOf(look) };
  }

  /** The newest sample, as long as there is access. */
  @Get(':id/latest')
  @Header('cache-control', 'private, no-store')
  async latest(@CurrentSession() session: LoginSession, @Param('id') id: string): Promise<AccessView> {
    const run = await this.runOf(session, id);
    const look = await this.heartRate.latest(run.resource, this.requestingParties.of(session));
    const latest = look.samples[0];
    return { ...run, ...viewOf(look), ...(latest === undefined ? {} : { latest }) };
  }

  /** The samples since a time, as long as there is access. */
  @Get(':id/heart-rate')
  @Header('cache-control', 'private, no-store')
  async history(
    @CurrentSession() session: LoginSession,
    @Param('id') id: string,
    @Query() { from }: HistoryQueryDto,
  ): Promise<AccessView> {
    const run = await this.runOf(session, id);
    const look = await this.heartRate.since(run.resource, from, this.requestingParties.of(session));
    return { ...run, ...viewOf(look), samples: look.samples };
  }

  private async runOf(session: LoginSession, id: string): Promise<AccessRun> {
    const run = await this.runs.find(session.person, id);
    if (run === undefined) throw new UmaError('not_found', 'You have not opened such a link.');
    return run;
  }
}

function viewOf({
  state,
  wanted,
}: {
  state: AccessState;
  wanted?: readonly string[];
}): Omit<AccessView, keyof AccessRun> {
  return { state, ...(wanted === undefined || wanted.length === 0 ? {} : { wanted }) };
}
