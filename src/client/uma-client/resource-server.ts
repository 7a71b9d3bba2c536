import { Headers, type Response } from 'undici';

import type { Secret } from '../../common/secret.js';
import { umaChallengeOf, type UmaChallenge } from '../../uma/protocol/challenge.js';
import { FlowEnded } from './flow-ended.js';
import { type Http, type HttpRequest, readJson, Unreachable } from './http.js';
import { followRedirects } from './redirects.js';
import type { Target } from './trust-list.js';
import type { ResourceRequest } from './uma-client-options.js';

/** A resource server's answer, and the UMA challenge that was found in it. */
export interface ResourceReply {
  readonly response: Response;
  readonly challenge?: UmaChallenge;
}

/** Calls resource servers. */
export class ResourceServer {
  constructor(private readonly http: Http) {}

  /**
   * Sends a request, with or without an RPT.
   *
   * @throws FlowEnded `resource-server-unreachable`, `authorization-server-unreachable` when the resource server says so,
   * or `protocol-violation` for a redirect that must not be followed
   * @throws TypeError when a header of the request cannot stand in one
   * @see UMA 2.0 Grant sections 3.2 and 3.4, RFC 6750 section 2.1
   */
  async request(target: Target, request: ResourceRequest, rpt: Secret | undefined): Promise<ResourceReply> {
    const own = toHttp(target, request, rpt);
    const send = (url: string): Promise<ResourceReply> =>
      this.http.exchange('resource', { ...own, url }, (response) => read(response, target));
    try {
      const followed = own.method === 'GET' || own.method === 'HEAD';
      const reply = await (followed ? followRedirects(own.url, send) : send(own.url));
      if (reply.challenge === undefined && saysUnreachable(reply.response)) {
        throw new FlowEnded({ kind: 'authorization-server-unreachable', reportedBy: 'resource-server' });
      }
      return reply;
    } catch (error) {
      throw error instanceof Unreachable ? new FlowEnded({ kind: 'resource-server-unreachable' }) : error;
    }
  }
}

function toHttp({ url }: Target, request: ResourceRequest, rpt: Secret | undefined): HttpRequest {
  const { method = 'GET', ...rest } = request;
  const headers = new Headers(request.headers);
  headers.delete('authorization');
  if (rpt !== undefined) headers.set('authorization', `Bearer ${rpt.reveal()}`);
  return { ...rest, url, method: method.toUpperCase(), headers: Object.fromEntries(headers) };
}

// UMA 2.0 challenges with 401; UMA 1.0.1 and some products with 403.
async function read(response: Response, target: Target): Promise<ResourceReply> {
  if (response.status !== 401 && response.status !== 403) return { response };
  const header = response.headers.get('www-authenticate') ?? '';
  const challenge = umaChallengeOf([header], await bodyOf(response), defaultIssuer(target));
  return challenge === undefined ? { response } : { response, challenge };
}

// A copy is read: where there is no challenge the body is still the caller's.
async function bodyOf(response: Response): Promise<unknown> {
  const isJson = /^application\/(?:[\w.+-]*\+)?json\b/i.test(response.headers.get('content-type') ?? '');
  return isJson ? readJson(response.clone()) : undefined;
}

const defaultIssuer = ({ issuers }: Target): string | undefined => (issuers.length === 1 ? issuers[0] : undefined);

/** @see UMA 2.0 Grant section 3.2.2 */
function saysUnreachable({ status, headers }: Response): boolean {
  return status >= 400 && /\b199\b.*UMA Authorization Server Unreachable/i.test(headers.get('warning') ?? '');
}
