import type { Claim } from '../claims.js';
import type { Evaluation } from '../decision.js';
import { cedarRequestOf } from './cedar-request.js';

const AS = 'https://as.test';
const CLINIC = 'https://clinic.test';
const BOB = { issuer: AS, subject: 'bob' };

const question = (type?: string): Evaluation => ({
  subject: undefined,
  action: { name: 'read' },
  resource: { id: 'r1', type, ownerId: 'alice', resourceServer: 'rs1' },
  context: { atMs: Date.UTC(2026, 10, 26, 9, 30, 5, 7), clientId: 'viewer' },
});
const requestWith = (...claims: Claim[]) => cedarRequestOf(question(), { person: BOB, claims }, [AS]);
const tagsWith = (...claims: Claim[]) => requestWith(...claims).entities[0]?.tags;
const claim = (name: string, value: Claim['value'], issuer = AS): Claim => ({ name, value, issuer });

describe('a question in the words of Cedar', () => {
  it('says who wants to do what to which resource, when and by which client', () => {
    const person = { type: 'Person', id: '["https://as.test","bob"]' };
    const resource = { type: 'Resource', id: 'r1' };
    expect(cedarRequestOf(question('heart'), { person: BOB, claims: [] }, [AS])).toEqual({
      principal: person,
      action: { type: 'Action', id: 'read' },
      resource,
      context: {
        client: 'viewer',
        time: { __extn: { fn: 'datetime', arg: '2026-11-26T09:30:05.007Z' } },
        purposes: [],
        acr: [],
      },
      entities: [
        { uid: person, attrs: { issuer: AS, subject: 'bob' }, parents: [], tags: {} },
        { uid: resource, attrs: { id: 'r1', type: 'heart', owner: 'alice', resourceServer: 'rs1' }, parents: [] },
      ],
      validateRequest: false,
    });
  });

  it('leaves out a type that the resource does not have', () => {
    expect(requestWith().entities[1]?.attrs).not.toHaveProperty('type');
  });

  it('has claims as texts by name, and by issuer and name', () => {
    expect(
      tagsWith(claim('role', 'nurse'), claim('role', 'tutor'), claim('ward', 3), claim('ward', 3), claim('on', true)),
    ).toEqual({
      role: ['nurse', 'tutor'],
      'https://as.test role': ['nurse', 'tutor'],
      ward: ['3'],
      'https://as.test ward': ['3'],
      on: ['true'],
      'https://as.test on': ['true'],
    });
  });

  it('has claims of an issuer that is not believed by its name alone', () => {
    expect(tagsWith(claim('role', 'nurse', CLINIC))).toEqual({ 'https://clinic.test role': ['nurse'] });
  });

  it('lets no claim pass for one of another issuer', () => {
    expect(tagsWith(claim('https://clinic.test role', 'nurse'))).toEqual({
      'https://as.test https://clinic.test role': ['nurse'],
    });
    expect(tagsWith(claim('role', 'nurse', 'https://clinic.test x'))).toEqual({});
  });

  it('takes the purpose from whoever says it, and how strong a sign-in was from a believed issuer alone', () => {
    const { context } = requestWith(
      claim('purpose_of_use', 'TREAT', CLINIC),
      claim('purpose_of_use', 'HRESCH'),
      claim('acr', 'urn:mfa'),
      claim('acr', 'urn:best', CLINIC),
    );
    expect(context).toMatchObject({ purposes: ['TREAT', 'HRESCH'], acr: ['urn:mfa'] });
  });
});
