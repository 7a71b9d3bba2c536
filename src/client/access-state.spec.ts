import { Response } from 'undici';

import { Secret } from '../common/secret.js';
import { reasonOf, wantedClaims } from './access-state.js';
import type { NeedInfo, UmaAnswer } from './uma-client/index.js';

const answered = (status: number): UmaAnswer => ({ kind: 'answered', response: new Response(null, { status }) });
const authorizationServer = 'https://as.example';
const AWAY: UmaAnswer = { kind: 'authorization-server-unreachable', reportedBy: 'client' };
const needInfo: NeedInfo = {
  kind: 'need-info',
  authorizationServer,
  ticket: new Secret('ticket'),
  pushed: [],
  returnsIssuer: true,
  claims: [
    { name: 'email', friendlyName: 'E-mail address', claimTokenFormat: [], issuer: [] },
    { name: 'phone_number', claimTokenFormat: [], issuer: [] },
    { claimTokenFormat: ['http://openid.net/specs/openid-connect-core-1_0.html#IDToken'], issuer: [] },
  ],
};

describe('why there is nothing to see', () => {
  it.each<[string, UmaAnswer, string]>([
    ['404', answered(404), 'not-found'],
    ['a failing resource server', answered(502), 'resource-server-unreachable'],
    ['a resource server that wants a pause', answered(429), 'resource-server-unreachable'],
    ['any other refusal of the resource server', answered(400), 'failed'],
    ['the owner’s no', { kind: 'denied', authorizationServer }, 'denied'],
    ['a question to the owner', { kind: 'submitted', authorizationServer, pushed: [] }, 'owner-must-agree'],
    ['a question that the person cannot answer here', needInfo, 'need-info'],
    ['a question to the person', { ...needInfo, redirectUser: `${authorizationServer}/claims` }, 'claims-needed'],
    ['a server that is not trusted', { kind: 'untrusted', server: 'resource-server', reason: '' }, 'not-trusted'],
    ['an authorization server that is away', AWAY, 'authorization-server-unreachable'],
    ['a resource server that is away', { kind: 'resource-server-unreachable' }, 'resource-server-unreachable'],
    ['another refusal of the grant', { kind: 'refused', authorizationServer, error: 'invalid_target' }, 'failed'],
    ['a fresh RPT that is refused', { kind: 'rpt-refused', authorizationServer }, 'failed'],
    ['a broken protocol', { kind: 'protocol-violation', violation: 'no-metadata' }, 'failed'],
  ])('after %s', (_what, answer, reason) => {
    expect(reasonOf(answer)).toBe(reason);
  });
});

describe('what an authorization server wants to know', () => {
  it('is told by its own words where it has any, else by name', () => {
    expect(wantedClaims(needInfo)).toEqual(['E-mail address', 'phone_number']);
  });

  it('is nothing when it asked for nothing', () => {
    expect(wantedClaims(answered(200))).toEqual([]);
  });
});
