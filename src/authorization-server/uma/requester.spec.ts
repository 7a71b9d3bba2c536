import type { RegisteredClient } from '../oidc/clients/registered-clients.js';
import type { PermissionTicket } from './permission-tickets.js';
import { BEGINNING, type Progress } from './progress.js';
import { type Requester, requesterOf } from './requester.js';

describe('who asks with a ticket', () => {
  const client = { clientId: 'c1', umaScopes: ['read', 'openid'] } as unknown as RegisteredClient;
  const requester = (progress: Progress): Requester =>
    requesterOf({ progress } as PermissionTicket, client, {
      claimIssuers: ['https://as.test'],
      requestedScopes: ['write'],
      requestingParty: undefined,
    });

  it('is a client with the scopes that it asks for, and those that it is registered for', () => {
    expect(requester(BEGINNING)).toMatchObject({
      clientId: 'c1',
      claimIssuers: ['https://as.test'],
      requestedScopes: ['write'],
      registeredScopes: expect.arrayContaining(['read']) as string[],
    });
  });

  it('has waited for the owner only once it was told to', () => {
    expect(requester(BEGINNING).ownerWasAsked).toBe(false);
    expect(requester({ ...BEGINNING, pollSeconds: 5 }).ownerWasAsked).toBe(true);
  });
});
