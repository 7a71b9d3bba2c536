import * as fc from 'fast-check';

import { ANY_ACCESS, type Decision, deny } from '../policy/decision.js';
import { actionsOf, type AssessmentInput, calculateRequest, conclude, type RequestedAccess } from './assessment.js';

const permitBy = (shareId: string, untilMs?: number): Decision => ({
  decision: true,
  context: { outcome: 'permit', rule: { kind: 'share', id: shareId }, shareId, untilMs },
});
const PERMIT = permitBy('share-1');
const DENY = deny({ kind: 'no-share' });
const ASK_OWNER: Decision = { decision: false, context: { outcome: 'need-owner', rule: { kind: 'access-requests' } } };
const ask = (name: string, ...issuers: string[]): Decision => ({
  decision: false,
  context: {
    outcome: 'need-claims',
    rule: { kind: 'unknown-requesting-party' },
    claims: [{ name, issuers }],
    shareIds: [`share-of-${name}`],
  },
});
const ASK = ask('sub');

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
  it('grants when every ticket scope is permitted, and tells what each permission rests on', () => {
    expect(conclude([asked('album', ['edit'])], [[permitBy('share-1', 5_000)]])).toEqual({
      kind: 'granted',
      permissions: [{ resourceId: 'album', scopes: ['edit'], shareId: 'share-1', untilMs: 5_000 }],
    });
  });

  it('keeps scopes of one resource apart that rest on different shares, for they may end at different times', () => {
    const decisions = [[permitBy('share-1', 5_000), permitBy('share-2'), permitBy('share-2')]];
    expect(conclude([asked('album', ['edit', 'view', 'print'])], decisions)).toEqual({
      kind: 'granted',
      permissions: [
        { resourceId: 'album', scopes: ['edit'], shareId: 'share-1', untilMs: 5_000 },
        { resourceId: 'album', scopes: ['view', 'print'], shareId: 'share-2', untilMs: undefined },
      ],
    });
  });

  it.each([
    ['one resource is denied', [asked('album', ['edit']), asked('photo', ['view'])], [[PERMIT], [DENY]]],
    ['one ticket scope is denied', [asked('album', ['edit', 'view'])], [[PERMIT, DENY]]],
    ['another resource still waits for claims', [asked('album', ['edit']), asked('photo', ['view'])], [[ASK], [DENY]]],
    ['another scope waits for the owner', [asked('album', ['edit', 'view'])], [[ASK_OWNER, DENY]]],
    ['a decision is missing', [asked('album', ['edit']), asked('photo', ['view'])], [[PERMIT]]],
    ['a ticket without scopes meets no permit (UMA Grant 5.6)', [asked('album', [])], [[DENY]]],
    ['nothing was asked', [], []],
  ])('denies the whole request when %s', (_when, request, decisions) => {
    expect(conclude(request, decisions)).toEqual({ kind: 'denied' });
  });

  it('gives a ticket without scopes a permission without scopes, once there is a permit', () => {
    expect(conclude([asked('album', [])], [[PERMIT]])).toMatchObject({
      kind: 'granted',
      permissions: [{ scopes: [] }],
    });
  });

  it('names each claim that is waited for once, with all issuers that would do', () => {
    const request = [asked('album', ['edit']), asked('photo', ['view', 'print'])];
    const decisions = [[ask('email', 'https://a')], [ask('email', 'https://b', 'https://a'), ask('role', 'https://c')]];
    expect(conclude(request, decisions)).toEqual({
      kind: 'need-claims',
      claims: [
        { name: 'email', issuers: ['https://a', 'https://b'] },
        { name: 'role', issuers: ['https://c'] },
      ],
      shareIds: ['share-of-email', 'share-of-role'],
    });
  });

  it('waits even where no claim is named: an empty requirement is no permit (UMA Grant 5.6)', () => {
    const request = [asked('album', ['edit']), asked('photo', ['view'])];
    const context = {
      outcome: 'need-claims',
      rule: { kind: 'share', id: 's1' },
      claims: [],
      shareIds: ['s1'],
    } as const;
    const empty: Decision = { decision: false, context };
    expect(conclude(request, [[PERMIT], [empty]])).toEqual({
      kind: 'need-claims',
      claims: [],
      shareIds: ['s1'],
    });
  });

  it('asks for claims before it asks the owner, who wants to know who is asking', () => {
    expect(conclude([asked('album', ['edit', 'view'])], [[ASK_OWNER, ASK]])).toMatchObject({ kind: 'need-claims' });
  });

  it('asks the owner only for what is not permitted already', () => {
    const request = [asked('album', ['edit', 'view']), asked('photo', ['view'])];
    expect(conclude(request, [[PERMIT, ASK_OWNER], [ASK_OWNER]])).toEqual({
      kind: 'need-owner',
      wanted: [
        { resourceId: 'album', resourceScopes: ['view'] },
        { resourceId: 'photo', resourceScopes: ['view'] },
      ],
    });
  });

  const extra = [asked('album', ['edit'], ['download'])];

  it('leaves out extra scopes that are refused, as long as the ticket is complete', () => {
    expect(conclude(extra, [[PERMIT, DENY]])).toMatchObject({ kind: 'granted', permissions: [{ scopes: ['edit'] }] });
    expect(conclude(extra, [[PERMIT, ASK_OWNER]])).toMatchObject({ kind: 'granted' });
  });

  describe('once the owner has answered in part', () => {
    const refused = deny({ kind: 'refused-access-request' });
    const both = [asked('album', ['edit', 'view'])];

    it('grants what the owner allowed without what they refused', () => {
      expect(conclude(both, [[PERMIT, refused]], 'ticket-complete', true)).toMatchObject({
        kind: 'granted',
        permissions: [{ scopes: ['edit'] }],
      });
    });

    it('denies where nothing was allowed, where something else denies, and in a process that did not ask', () => {
      expect(conclude(both, [[refused, refused]], 'ticket-complete', true)).toEqual({ kind: 'denied' });
      expect(conclude(both, [[PERMIT, DENY]], 'ticket-complete', true)).toEqual({ kind: 'denied' });
      expect(conclude(both, [[PERMIT, refused]])).toEqual({ kind: 'denied' });
    });

    it('waits for the rest of the answer', () => {
      expect(conclude(both, [[PERMIT, ASK_OWNER]], 'ticket-complete', true)).toMatchObject({ kind: 'need-owner' });
    });
  });

  it('grants nothing in part when partial grants are off', () => {
    expect(conclude(extra, [[PERMIT, DENY]], 'never')).toEqual({ kind: 'denied' });
    expect(conclude(extra, [[PERMIT, PERMIT]], 'never')).toMatchObject({ kind: 'granted' });
  });

  it('grants what is permitted when any part will do, and refuses by what might still be unlocked', () => {
    const request = [asked('album', ['edit']), asked('photo', ['view'])];
    expect(conclude(request, [[DENY], [PERMIT]], 'any')).toMatchObject({
      kind: 'granted',
      permissions: [{ resourceId: 'photo', scopes: ['view'] }],
    });
    expect(conclude(request, [[DENY], [ASK]], 'any')).toMatchObject({ kind: 'need-claims' });
    expect(conclude(request, [[DENY], [DENY]], 'any')).toEqual({ kind: 'denied' });
  });

  it('asks the owner for what might be unlocked, and not for what was refused for good', () => {
    const request = [asked('album', ['edit', 'download']), asked('photo', ['view'])];
    expect(conclude(request, [[DENY, ASK_OWNER], [DENY]], 'any')).toEqual({
      kind: 'need-owner',
      wanted: [{ resourceId: 'album', resourceScopes: ['download'] }],
    });
  });

  it('asks the owner for any access at all where no scope is named', () => {
    expect(conclude([asked('album', [])], [[ASK_OWNER]])).toEqual({
      kind: 'need-owner',
      wanted: [{ resourceId: 'album', resourceScopes: [] }],
    });
  });

  it('denies what nobody decided, even when any part will do', () => {
    expect(conclude([asked('album', ['edit'])], [[]], 'any')).toEqual({ kind: 'denied' });
    expect(conclude([asked('album', ['edit', 'download'])], [[ASK_OWNER]], 'any')).toEqual({
      kind: 'need-owner',
      wanted: [{ resourceId: 'album', resourceScopes: ['edit'] }],
    });
  });

  it('takes a claim from any issuer where one of the questions does', () => {
    const request = [asked('album', ['edit', 'download'])];
    for (const decisions of [
      [ask('role'), ask('role', 'https://idp.test')],
      [ask('role', 'https://idp.test'), ask('role')],
    ]) {
      expect(conclude(request, [decisions])).toMatchObject({ claims: [{ name: 'role', issuers: [] }] });
    }
  });

  it('asks for the claims that any access takes, although the client wants a scope beside it', () => {
    const request = [asked('album', [], ['edit'])];
    expect(conclude(request, [[ASK, ASK]])).toMatchObject({ kind: 'need-claims' });
    expect(conclude(request, [[PERMIT, ASK]])).toMatchObject({ kind: 'granted', permissions: [{ scopes: [] }] });
    expect(conclude(request, [[PERMIT, PERMIT]])).toMatchObject({ permissions: [{ scopes: ['edit'] }] });
  });

  it('grants nothing of a request for any access that has other needs unmet', () => {
    expect(conclude([asked('album', [], ['edit'])], [[DENY, DENY]])).toEqual({ kind: 'denied' });
    expect(conclude([asked('album', []), asked('photo', ['view'])], [[DENY], [PERMIT]])).toEqual({ kind: 'denied' });
  });

  const scopes = fc.uniqueArray(fc.constantFrom('view', 'edit', 'download'));
  const decision = fc.constantFrom(PERMIT, DENY, ASK, ASK_OWNER);
  const entry = fc.record({ ticketScopes: scopes, extraScopes: scopes }).chain(({ ticketScopes, extraScopes }) => {
    const all = [...new Set([...ticketScopes, ...extraScopes])];
    const actions = actionsOf({ ticketScopes, scopes: all });
    const decisions = fc.array(decision, { minLength: actions.length, maxLength: actions.length });
    return decisions.map((made) => ({ ticketScopes, all, actions, made }));
  });

  it('never grants anything without a permit, nor a ticket in part, and else does as a naive model does', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), (entries) => {
        const request = entries.map(({ ticketScopes, all }, index) => ({
          resourceId: `r${index}`,
          ticketScopes,
          scopes: all,
        }));
        const needed = entries.flatMap(({ ticketScopes, actions, made }) =>
          made.filter((_made, place) => [ANY_ACCESS, ...ticketScopes].some((scope) => scope === actions[place])),
        );
        const naive = ((): string => {
          if (needed.length === 0 || needed.includes(DENY)) return 'denied';
          if (needed.includes(ASK)) return 'need-claims';
          return needed.includes(ASK_OWNER) ? 'need-owner' : 'granted';
        })();
        const conclusion = conclude(
          request,
          entries.map(({ made }) => made),
        );
        expect(conclusion.kind).toBe(naive);
        if (conclusion.kind !== 'granted') return;
        const granted = conclusion.permissions.flatMap((permission) =>
          permission.scopes.map((scope) => `${permission.resourceId} ${scope}`),
        );
        const permitted = entries.flatMap(({ all, actions, made }, index) =>
          all.filter((scope) => made[actions.indexOf(scope)] === PERMIT).map((scope) => `r${index} ${scope}`),
        );
        expect(granted.sort()).toEqual(permitted.sort());
      }),
    );
  });
});
