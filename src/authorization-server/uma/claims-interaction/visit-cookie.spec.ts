import type { FastifyReply } from 'fastify';

import { Sealer } from '../../../common/sealing.js';
import { Secret } from '../../../common/secret.js';
import type { UmaOptions } from '../uma-options.js';
import { type ClaimsVisit, VisitCookie } from './visit-cookie.js';

const VISIT: ClaimsVisit = {
  clientId: 'viewer',
  redirectUri: 'https://viewer.test/claimCallback',
  state: 'abc',
  ticket: 'the next ticket',
};

describe('VisitCookie', () => {
  const sealer = new Sealer(new Secret('key of a test'), 'test');
  const at = (issuer: string): VisitCookie => new VisitCookie({ issuer } as UmaOptions, sealer);
  /** Begins a visit. @returns its id, and the cookie that is set */
  const begin = (issuer: string): { id: string; cookie: string } => {
    const set: string[] = [];
    const reply = { header: (_name: string, value: string) => set.push(value) } as unknown as FastifyReply;
    return { id: at(issuer).begin(reply, VISIT), cookie: set.join() };
  };
  const headersOf = (cookie: string) => ({ headers: { cookie: cookie.split(';')[0] } });

  it('goes to the pages of its visit alone, for an hour, by https alone where the server is there', () => {
    const { id, cookie } = begin('https://as.test/t1');
    const [, ...attributes] = cookie.split('; ');
    expect(attributes.sort()).toEqual(
      ['HttpOnly', 'Max-Age=3600', `Path=/t1/uma/claims/${id}`, 'SameSite=Lax', 'Secure'].sort(),
    );
    expect(begin('http://localhost:8080').cookie).not.toContain('Secure');
  });

  it('gives the visit back to the browser that has it, by its id', () => {
    const { id, cookie } = begin('https://as.test');
    expect(cookie).not.toContain(VISIT.ticket);
    expect(at('https://as.test').read(headersOf(cookie), id)).toEqual(VISIT);
    expect(at('https://as.test').read(headersOf(cookie), begin('https://as.test').id)).toBeUndefined();
  });

  it('takes a cookie that this server did not seal for none', () => {
    const { id } = begin('https://as.test');
    const forged = `pulsegate_as_claims_${id}=${Buffer.from(JSON.stringify(VISIT)).toString('base64url')}`;
    expect(at('https://as.test').read(headersOf(forged), id)).toBeUndefined();
    expect(at('https://as.test').read({ headers: {} }, id)).toBeUndefined();
  });
});
