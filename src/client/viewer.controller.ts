import { Controller, Get, Header, UseGuards } from '@nestjs/common';

import { CurrentSession } from '../auth/current-session.decorator.js';
import type { LoginSession } from '../auth/login-session.js';
import { SignedInGuard } from '../auth/signed-in.guard.js';
import { ViewerPage } from './viewer-page.js';

/** Who looks at the viewer page. */
export interface ViewerSession {
  readonly name: string;
  /** Goes into every form and every changing call. */
  readonly csrfToken: string;
}

/** The viewer page, and who is signed in at it. */
@Controller()
export class ViewerController {
  constructor(private readonly viewer: ViewerPage) {}

  /** The page; what it shows depends on its address: a share link is `/open?resource=…`. */
  @Get(['/', 'open'])
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-cache')
  page(): string {
    return this.viewer.html;
  }

  /** Who is signed in; 401 when nobody is. */
  @Get('api/session')
  @UseGuards(SignedInGuard)
  @Header('cache-control', 'private, no-store')
  session(@CurrentSession() { name, csrfToken, person }: LoginSession): ViewerSession {
    return { name: name ?? person.subject, csrfToken };
  }
}
