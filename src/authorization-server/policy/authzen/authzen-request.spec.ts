import type { Claim } from '../claims.js';
import { ANY_ACCESS, type Evaluation } from '../decision.js';
import { accessEvaluationOf } from './authzen-request.js';

const AS = 'https://as.test';
const CLINIC = 'https://clinic.test';

const question = (changes: Partial<Evaluation> = {}): Evaluation => ({
  subject: { person: { issuer: AS, subject: 'bob' }, claims: [] },
  action: { name: 'heart-rate:read' },
  resource: { id: 'r1', type: 'heart', ownerId: 'alice', resourceServer: 'rs1' },
  context: { atMs: Date.UTC(2026, 10, 26, 9, 30), clientId: 'viewer' },
  ...changes,
});

describe('a question in the words of AuthZEN', () => {
  it('has a subject, an action, a resource and a context (AuthZEN 5)', () => {
    const claims: Claim[] = [
      { name: 'role', value: 'nurse', issuer: CLINIC },
      { name: 'purpose_of_use', value: 'TREAT', issuer: CLINIC },
      { name: 'acr', value: 'urn:mfa', issuer: AS },
      { name: 'acr', value: 'urn:best', issuer: CLINIC },
    ];
    const subject = { person: { issuer: AS, subject: 'bob' }, claims };
    expect(accessEvaluationOf(question({ subject }), [AS])).toEqual({
      subject: { type: 'person', id: '["https://as.test","bob"]', properties: { iss: AS, sub: 'bob', claims } },
      action: { name: 'heart-rate:read' },
      resource: { type: 'heart', id: 'r1', properties: { owner: 'alice', resource_server: 'rs1' } },
      context: {
        time: '2026-11-26T09:30:00.000Z',
        client_id: 'viewer',
        purpose_of_use: ['TREAT'],
        acr: ['urn:mfa'],
      },
    });
  });

  it('calls a resource without a type a resource, and access without a scope any access', () => {
    const resource = { id: 'r1', type: undefined, ownerId: 'alice', resourceServer: 'rs1' };
    expect(accessEvaluationOf(question({ resource, action: { name: ANY_ACCESS } }), [])).toMatchObject({
      action: { name: 'any-access' },
      resource: { type: 'resource', id: 'r1' },
    });
  });

  it('names nobody who is not known', () => {
    expect(accessEvaluationOf(question({ subject: undefined }), []).subject).toEqual({
      type: 'person',
      id: '["",""]',
      properties: { iss: '', sub: '', claims: [] },
    });
  });
});
