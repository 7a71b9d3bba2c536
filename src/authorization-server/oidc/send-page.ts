import type { FastifyReply } from 'fastify';

import { type PagePermissions, pageHeaders } from '../../common/pages/page-headers.js';

/** Prepares a reply for a page: its type and its protecting headers. @returns the page, for the controller to return */
export function sendPage(reply: FastifyReply, page: string, permissions: PagePermissions = {}): string {
  reply.type('text/html; charset=utf-8').headers(pageHeaders(permissions));
  return page;
}

/** Sends a browser on to another page with GET, after a form as after a visit. @see RFC 9110 section 15.4.4 */
export function goTo(reply: FastifyReply, url: string): string {
  reply.status(303).headers({ location: url, 'cache-control': 'no-store' });
  return '';
}
