import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';

import { CurrentSession, type LoginSession, SignedIn } from '../auth/index.js';
import type { ViewerSession } from './access-view.js';
import { VIEWER_POLICY, ViewerPage } from './viewer-page.js';

/** The viewer page, and who is signed in at it. */
@ApiTags('Sign-in')
@Controller()
export class ViewerController {
  constructor(private readonly viewer: ViewerPage) {}

  /** The page; what it shows depends on its address: a share link is `/open?resource=…`. */
  @Get(['/', 'open'])
  @ApiExcludeEndpoint()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-cache')
  @Header('content-security-policy', VIEWER_POLICY)
  page(): string {
    return this.viewer.html;
  }

  /** Who is signed in; 401 when nobody is. */
  @Get('api/session')
  @SignedIn()
  @Header('cache-control', 'private, no-store')
  session(@CurrentSession() { name, csrfToken, person }: LoginSession): ViewerSession {
    return { name: name ?? person.subject, csrfToken };
  }
}
