import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentSession, type LoginSession, SignedIn } from '../auth/index.js';
import { HistoryQueryDto, OpenAccessDto } from './access.dto.js';
import { AccessRuns } from './access-runs.js';
import type { AccessView, OpenedView } from './access-view.js';
import { Accesses } from './accesses.js';

/** What the viewer page asks: runs of the UMA flow, for the person who is signed in. No token ever gets to the page. */
@ApiTags('Shared hearts')
@Controller('api/access')
@SignedIn()
export class AccessController {
  constructor(
    private readonly runs: AccessRuns,
    private readonly accesses: Accesses,
  ) {}

  /** What this person has opened, the newest first. */
  @Get()
  @Header('cache-control', 'private, no-store')
  async list(@CurrentSession() { person }: LoginSession): Promise<OpenedView[]> {
    const runs = await this.runs.list(person);
    return runs.map(({ id, resource, opened_ms }) => ({ id, resource, openedAt: new Date(opened_ms).toISOString() }));
  }

  /** Opens what a share link leads to: says whether there is access, and gives the newest sample if so. */
  @Post()
  @HttpCode(200)
  @Header('cache-control', 'private, no-store')
  async open(@CurrentSession() session: LoginSession, @Body() body: OpenAccessDto): Promise<AccessView> {
    return this.accesses.open(session, withoutFragment(body.resource), body.again ?? false);
  }

  /** The newest sample, as long as there is access. */
  @Get(':id/latest')
  @Header('cache-control', 'private, no-store')
  async latest(@CurrentSession() session: LoginSession, @Param('id') id: string): Promise<AccessView> {
    return this.accesses.latest(session, id);
  }

  /** The samples since a time, as long as there is access. */
  @Get(':id/heart-rate')
  @Header('cache-control', 'private, no-store')
  async history(
    @CurrentSession() session: LoginSession,
    @Param('id') id: string,
    @Query() { from }: HistoryQueryDto,
  ): Promise<AccessView> {
    return this.accesses.since(session, id, from);
  }

  /** Begins to tell the owner's server what it wants to know: says where the browser goes to do so. */
  @Post(':id/claims')
  @HttpCode(200)
  @Header('cache-control', 'private, no-store')
  async giveClaims(@CurrentSession() session: LoginSession, @Param('id') id: string): Promise<AccessView> {
    return this.accesses.giveClaims(session, id);
  }

  /** Waits for the owner's answer no longer. */
  @Post(':id/cancel')
  @HttpCode(200)
  @Header('cache-control', 'private, no-store')
  async cancel(@CurrentSession() session: LoginSession, @Param('id') id: string): Promise<AccessView> {
    return this.accesses.cancel(session, id);
  }
}

function withoutFragment(resource: string): string {
  const url = new URL(resource);
  url.hash = '';
  return url.href;
}
