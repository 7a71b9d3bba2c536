import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { type Html, html } from '../../common/html.js';
import { ADMIN_PAGES, type AdminView, searchForm, table } from './admin-page.js';
import { SearchQueryDto } from './admin-pages.dto.js';
import { AdminVisits } from './admin-visits.js';
import { type FoundResource, MOST_FOUND, ResourceSearch } from './resource-search.js';

/** The administrators' page of resources, which only resource servers and owners change. */
@ApiExcludeController()
@Controller(ADMIN_PAGES.resources)
export class ResourcePagesController {
  constructor(
    private readonly visits: AdminVisits,
    private readonly resources: ResourceSearch,
  ) {}

  @Get()
  list(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() { q = '' }: SearchQueryDto,
  ): Promise<string> {
    return this.visits.receive({ request, reply, path: ADMIN_PAGES.resources }, async ({ view }) => ({
      title: 'Resources',
      body: resourceList(view, await this.resources.find(q), q),
    }));
  }
}

function resourceList({ issuer }: AdminView, resources: readonly FoundResource[], wanted: string): Html {
  const rows = resources.map(
    ({ id, name, type, owner, resourceServer, scopes }) =>
      html`<tr>
        <td>${name}<br /><code class="small">${id}</code></td>
        <td>${owner}</td>
        <td>${resourceServer}</td>
        <td>${type}</td>
        <td>${scopes.join(' ')}</td>
      </tr>`,
  );
  const more = html`<p class="muted">The newest ${MOST_FOUND} are shown. Search for the others.</p>`;
  return html`<section class="card">
    ${searchForm(`${issuer}${ADMIN_PAGES.resources}`, wanted, 'Search resources')}
    ${table(['Name', 'Owner', 'Resource server', 'Type', 'Scopes'], rows, 'There is no such resource.')}
    ${resources.length === MOST_FOUND ? more : undefined}
  </section>`;
}
