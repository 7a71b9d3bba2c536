import * as fc from 'fast-check';

import type { Decision } from '../policy/decision.js';
import { type AssessmentInput, calculateRequest, conclude, type RequestedAccess } from './assessment.js';

const permit = (...scopes: string[]): Decision => ({ kind: 'permit', scopes, shareId: 'share-1', untilMs: undefined });
const DENY: Decision = { kind: 'deny' };
const ASK: Decision = { kind: 'need-claims', claims: ['sub'] };

const anInput = (changes: Partial<AssessmentInput> = {}): AssessmentInput => ({
  permissions: [
    { resourceId: 'album', resourceScopes: ['edit'] },
    { resourceId: 'photo', resourceScopes: ['view'] },
  ],
  availableScopes: new Map([
    ['album', ['edit', 'download']],
    ['photo', ['view', 'download', 'print']],
  ]),
  registeredScopes: ['download'],
  requestedScopes: [],
  ...changes,
});

const asked = (resourceId: string, ticketScopes: string[], extra: string[] = []): RequestedAccess => ({
  resourceId,
  ticketScopes,
  scopes: [...ticketScopes, ...extra],
});

describe('calculateRequest', () => {
  it("adds the client's own scopes to each resource that has them (the standard's example, UMA Grant 3.3.4)", () => {
    expect(calculateRequest(anInput({ requestedScopes: ['download'] })).map(({ scopes }) => scopes)).toEqual([
      ['edit', 'download'],
      ['view', 'download'],
    ]);
  });

  it('leaves out a scope that the client is not registered for (UMA Grant 3.3.4-b)', () => {
    const [, photo] = calculateRequest(anInput({ requestedScopes: ['print'] }));
    expect(photo?.scopes).toEqual(['view']);
  });

  it('refuses a scope that no resource of the ticket has with invalid_scope (UMA Grant 3.3.6-b)', () => {
    const input = anInput({ requestedScopes: ['nonexistent'], registeredScopes: ['nonexistent'] });
    expect(() => calculateRequest(input)).toThrow(expect.objectContaining({ code: 'invalid_scope' }) as Error);
  });

  const albumAlone = new Map([['album', ['edit']]]);

  it.each([
    ['resource', albumAlone],
    ['scope', new Map([...albumAlone, ['photo', ['print']]])],
  ])('refuses a ticket that names a deregistered %s with invalid_grant', (_what, availableScopes) => {
    expect(() => calculateRequest(anInput({ availableScopes }))).toThrow(
      expect.objectContaining({ code: 'invalid_grant' }) as Error,
    );
  });
});

describe('conclude', () => {
  it('grants when every ticket scope is permitted', () => {
    expect(conclude([asked('album', ['edit'])], [permit('edit')])).toEqual({
      kind: 'granted',
      permissions: [{ resourceId: 'album', scopes: ['edit'], shareId: 'share-1', untilMs: undefined }],
    });
  });

  it('leaves out extra scopes that are refused', () => {
    expect(conclude([asked('album', ['edit'], ['download'])], [permit('edit')])).toMatchObject({
      kind: 'granted',
      permissions: [{ scopes: ['edit'] }],
    });
  });

  it.each([
    ['one resource is denied', [asked('album', ['edit']), asked('photo', ['view'])], [permit('edit'), DENY]],
    ['one ticket scope is not permitted', [asked('album', ['edit', 'view'])], [permit('edit')]],
    ['another resource still waits for claims', [asked('album', ['edit']), asked('photo', ['view'])], [ASK, DENY]],
    ['a decision is missing', [asked('album', ['edit']), asked('photo', ['view'])], [permit('edit')]],
    ['a ticket without scopes meets no permit (UMA Grant 5.6)', [asked('album', [])], [DENY]],
    ['nothing was asked', [], []],
  ])('denies the whole request when %s', (_when, request, decisions) => {
    expect(conclude(request, decisions)).toEqual({ kind: 'denied' });
  });

  it('names each claim that is waited for once', () => {
    const request = [asked('album', ['edit']), asked('photo', ['view']), asked('print', [])];
    expect(conclude(request, [ASK, permit('view'), ASK])).toEqual({ kind: 'need-claims', claims: ['sub'] });
  });

  it('waits even where no claim is named: an empty requirement is no permit (UMA Grant 5.6)', () => {
    const request = [asked('album', ['edit']), asked('photo', ['view'])];
    expect(conclude(request, [permit('edit'), { kind: 'need-claims', claims: [] }])).toEqual({
      kind: 'need-claims',
      claims: [],
    });
  });

  const scopes = fc.uniqueArray(fc.constantFrom('view', 'edit', 'download'));
  const decision = fc.oneof(
    fc.constant(DENY),
    fc.constant(ASK),
    scopes.map((permitted) => permit(...permitted)),
  );
  const entry = fc.record({ ticketScopes: scopes, extra: scopes, decision });

  it('never grants anything without a permit, nor a ticket in part, and else does as a naive model does', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), (entries) => {
        const request = entries.map(({ ticketScopes, extra }, index) => asked(`r${index}`, ticketScopes, extra));
        const covers = entries.map(
          ({ decision: made, ticketScopes }) =>
            made.kind === 'permit' && ticketScopes.every((scope) => made.scopes.includes(scope)),
        );
        const hopeless = entries.some(({ decision: made }, index) => made.kind !== 'need-claims' && !covers[index]);
        const naive = hopeless || entries.length === 0 ? 'denied' : covers.every(Boolean) ? 'granted' : 'need-claims';
        const made = entries.map(({ decision: each }) => each);
        const conclusion = conclude(request, made);
        expect(conclusion.kind).toBe(naive);
        if (conclusion.kind !== 'granted') return;
        for (const [index, { resourceId, scopes: granted }] of conclusion.permissions.entries()) {
          const behind = made[index];
          expect(resourceId).toBe(`r${index}`);
          expect(behind?.kind === 'permit' ? behind.scopes : []).toEqual(granted);
        }
      }),
    );
  });
});
