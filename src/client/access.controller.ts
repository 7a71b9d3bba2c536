import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentSession, type LoginSession, SignedIn } from '../auth/index.js';
import { Clock } from '../common/clock.js';
import { UmaError } from '../uma/protocol/uma-error.js';
import { HistoryQueryDto, OpenAccessDto } from './access.dto.js';
import { type AccessRun, AccessRuns } from './access-runs.js';
import type { AccessState, AccessView, OpenedView } from './access-view.js';
import { type Look, SharedHeartRate } from './shared-heart-rate.js';

/** A link with one of these states was mistyped, or set by a stranger: it is not worth remembering. */
const NOT_OPENED: ReadonlySet<AccessState> = new Set(['not-found', 'not-trusted']);

/** What the viewer page asks: runs of the UMA flow, for the person who is signed in. No token ever gets to the page. */
@ApiTags('Shared hearts')
@Controller('api/access')
@SignedIn()
export class AccessController {
  constructor(
    private readonly runs: AccessRuns,
    private readonly heartRate: SharedHeartRate,
    private readonly clock: Clock,
  ) {}

  /** What this person has opened, the newest first. */
  @Get()
  @Header('cache-control', 'private, no-store')
  async list(@CurrentSession() { person }: LoginSession): Promise<OpenedView[]> {
    const runs = await this.runs.list(person);
    return runs.map(({ id, resource, opened_ms }) => ({ id, resource, openedAt: rfc3339(opened_ms) }));
  }

  /** Opens what a share link leads to: says whether there is access, and gives the newest sample if so. */
  @Post()
  @HttpCode(200)
  @Header('cache-control', 'private, no-store')
  async open(@CurrentSession() session: LoginSession, @Body() body: OpenAccessDto): Promise<AccessView> {
    const resource = withoutFragment(body.resource);
    const look = await this.heartRate.latest(session, resource);
    if (NOT_OPENED.has(look.state)) return this.view({ resource }, look);
    return this.view(await this.runs.open(session.person, resource), look);
  }

  /** The newest sample, as long as there is access. */
  @Get(':id/latest')
  @Header('cache-control', 'private, no-store')
  async latest(@CurrentSession() session: LoginSession, @Param('id') id: string): Promise<AccessView> {
    const run = await this.runOf(session, id);
    return this.view(run, await this.heartRate.latest(session, run.resource));
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
    return this.view(run, await this.heartRate.since(session, run.resource, from));
  }

  private async runOf({ person }: LoginSession, id: string): Promise<AccessRun> {
    const run = await this.runs.find(person, id);
    if (run === undefined) throw new UmaError('not_found', 'You have not opened such a link.');
    return run;
  }

  private view({ id, resource }: Pick<AccessView, 'id' | 'resource'>, look: Look): AccessView {
    return { ...(id !== undefined && { id }), resource, ...look, asOf: rfc3339(this.clock.nowMs()) };
  }
}

const rfc3339 = (epochMs: number): string => new Date(epochMs).toISOString();

function withoutFragment(resource: string): string {
  const url = new URL(resource);
  url.hash = '';
  return url.href;
}
