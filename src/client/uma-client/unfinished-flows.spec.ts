import { Secret } from '../../common/secret.js';
import { ID_TOKEN_CLAIM_FORMAT } from '../../uma/protocol/constants.js';
import type { NeedInfo, Submitted, UmaAnswer } from './uma-answer.js';
import { UmaWorld } from './uma-client.fake.js';
import type { RequestingParty } from './uma-client-options.js';

const OTHER = 'https://idp.example';
const MEMBERSHIP = 'urn:example:membership';
const PATH = '/resources/1/heart-rate';
let world: UmaWorld;
let url: string;

beforeEach(async () => {
  world = await new UmaWorld().start();
  url = `${world.rs.origin}${PATH}`;
});

afterEach(() => world.stop());

const read = (party: RequestingParty = world.person()): Promise<UmaAnswer> => world.client().read(url, party);
const tickets = (): readonly unknown[] => world.as.tokenRequests.map(({ ticket }) => ticket);

describe('claims that are asked for one after the other (C-4, C-6)', () => {
  const idToken = { claim_token_format: [ID_TOKEN_CLAIM_FORMAT], issuer: [OTHER] };
  const membership = { claim_token_format: [MEMBERSHIP] };
  const bob = (): RequestingParty => ({
    ...world.person('bob', OTHER),
    claimTokens: [
      { issuer: 'https://club.example', formats: [MEMBERSHIP], token: () => Promise.resolve(new Secret('member')) },
    ],
  });

  it('are pushed each in its round, with the newest ticket', async () => {
    for (const claim of [idToken, membership]) world.as.needInfo({ required_claims: [claim] });
    expect(await read(bob())).toMatchObject({ kind: 'answered' });
    expect(world.as.tokenRequests.map((form) => form['claim_token'])).toEqual([undefined, 'id-token-of-bob', 'member']);
    expect(world.as.tokenRequests.map((form) => form['claim_token_format'])).toEqual([
      undefined,
      ID_TOKEN_CLAIM_FORMAT,
      MEMBERSHIP,
    ]);
    expect(new Set(tickets()).size).toBe(3);
  });

  it('are pushed once each, however often they are asked for', async () => {
    for (let round = 0; round < 9; round++) world.as.needInfo({ required_claims: [idToken, membership] });
    expect(await read(bob())).toMatchObject({ kind: 'need-info' });
    expect(world.as.tokenRequests).toHaveLength(3);
  });

  it('are pushed from the next source when one has no token to give', async () => {
    world.as.needInfo({ required_claims: [idToken, membership] });
    const party = { ...bob(), idToken: () => Promise.resolve(undefined) };
    expect(await read(party)).toMatchObject({ kind: 'answered' });
    expect(world.as.tokenRequests.map((form) => form['claim_token'])).toEqual([undefined, 'member']);
  });

  it('never cost more than five calls', async () => {
    const claims = Array.from({ length: 9 }, (_unused, number) => ({ claim_token_format: [`urn:example:${number}`] }));
    for (const claim of claims) world.as.needInfo({ required_claims: [claim] });
    const claimTokens = claims.map(({ claim_token_format: formats }) => ({
      issuer: OTHER,
      formats,
      token: () => Promise.resolve(new Secret('token')),
    }));
    expect(await read({ ...world.person('bob', OTHER), claimTokens })).toMatchObject({ kind: 'need-info' });
    expect(world.as.tokenRequests).toHaveLength(5);
  });

  it('are not pushed again when the process goes on later', async () => {
    world.as.needInfo({ required_claims: [idToken] });
    world.as.needInfo({ required_claims: [idToken], redirect_user: `${world.as.issuer}/uma/claims` });
    const needInfo = (await read(bob())) as NeedInfo;
    world.as.needInfo({ required_claims: [idToken] });
    expect(await world.client().resume(url, bob(), needInfo)).toMatchObject({ kind: 'need-info' });
    expect(world.as.tokenRequests.map((form) => 'claim_token' in form)).toEqual([false, true, false]);
  });
});

describe('a process that goes on later', () => {
  const asked = async (): Promise<NeedInfo> => {
    world.as.needInfo({ redirect_user: `${world.as.issuer}/uma/claims?tenant=1` });
    return (await read()) as NeedInfo;
  };

  it('sends the person on with the newest ticket, and keeps the query of redirect_user (T49)', async () => {
    const needInfo = await asked();
    const back = { claimsRedirectUri: 'https://viewer.example/claimCallback', state: 's3cr3t' };
    const redirect = new URL(world.client().claimsRedirect(needInfo, back) ?? '');
    expect(`${redirect.origin}${redirect.pathname}`).toBe(`${world.as.issuer}/uma/claims`);
    expect(Object.fromEntries(redirect.searchParams)).toEqual({
      tenant: '1',
      client_id: '@!1111!0008!FF',
      ticket: 'ticket-2',
      claims_redirect_uri: back.claimsRedirectUri,
      state: back.state,
    });
  });

  it('takes redirect_user: true for the endpoint of the metadata, as UMA 1 has it', async () => {
    world.as.metadata = { claims_interaction_endpoint: `${world.as.issuer}/static` };
    world.as.needInfo({ redirect_user: true });
    expect(await read()).toMatchObject({ redirectUser: `${world.as.issuer}/static` });
  });

  it('tells whether the authorization server names itself when the person comes back (RFC 9207)', async () => {
    expect(await asked()).toMatchObject({ returnsIssuer: false });
    world.as.metadata = { authorization_response_iss_parameter_supported: true };
    expect(await asked()).toMatchObject({ returnsIssuer: true });
  });

  it('ends in an RPT that the next read uses', async () => {
    const resumed = await world.client().resume(url, world.person(), await asked());
    expect(resumed).toEqual({
      kind: 'granted',
      authorization: {
        authorizationServer: world.as.issuer,
        fresh: true,
        expiresAt: world.clock.nowSeconds() + 900,
      },
    });
    expect(await read()).toMatchObject({ kind: 'answered', authorization: { fresh: false } });
    expect(tickets()).toEqual(['ticket-1', 'ticket-2']);
  });

  it.each<[string, (as: UmaWorld['as']) => void, object]>([
    [
      'more claims',
      (as) => {
        as.needInfo({});
      },
      { kind: 'need-info' },
    ],
    [
      'the owner',
      (as) => {
        as.askOwner({ interval: 3 });
      },
      { kind: 'submitted', intervalSeconds: 3 },
    ],
    [
      'a no',
      (as) => {
        as.refuse('request_denied');
      },
      { kind: 'denied' },
    ],
    [
      'a ticket that is too old',
      (as) => {
        as.refuse('invalid_grant', 400);
      },
      { kind: 'refused', error: 'invalid_grant' },
    ],
    [
      'another refusal',
      (as) => {
        as.refuse('invalid_target', 400);
      },
      { kind: 'refused', error: 'invalid_target' },
    ],
  ])('ends as a read does, and the resource server is not called: %s', async (_what, arrange, end) => {
    const needInfo = await asked();
    arrange(world.as);
    expect(await world.client().resume(url, world.person(), needInfo)).toMatchObject({
      authorizationServer: world.as.issuer,
      ...end,
    });
    expect(world.rs.seen).toHaveLength(1);
  });

  it('keeps no RPT that is meant for another resource server (C-14, T51)', async () => {
    const needInfo = await asked();
    world.as.grant = { resource: 'https://else.example' };
    expect(await world.client().resume(url, world.person(), needInfo)).toMatchObject({
      kind: 'protocol-violation',
      violation: 'resource-mismatch',
    });
    await read();
    expect(world.rs.tokens).toEqual([]);
  });

  it('goes nowhere with an authorization server that is not trusted any more (C-13)', async () => {
    const needInfo = await asked();
    const trusted = new Map([[world.rs.origin, ['https://other.example']]]);
    const answer = await world.client({ trusted }).resume(url, world.person(), needInfo);
    expect(answer).toMatchObject({ kind: 'untrusted', server: 'authorization-server' });
    expect(world.as.tokenRequests).toHaveLength(1);
  });

  it('says that the authorization server cannot be reached', async () => {
    const needInfo = await asked();
    await world.as.stop();
    expect(await world.client().resume(url, world.person(), needInfo)).toMatchObject({
      kind: 'authorization-server-unreachable',
      reportedBy: 'client',
    });
  });
});

describe('an owner who is asked (C-5, T52)', () => {
  it('is asked for the answer with a new ticket each time, until she gives it', async () => {
    for (let poll = 0; poll < 3; poll++) world.as.askOwner({ interval: 3 });
    let submitted = (await read()) as Submitted;
    for (let poll = 0; poll < 2; poll++) {
      const { ticket } = submitted;
      expect(submitted).toMatchObject({ kind: 'submitted', intervalSeconds: 3 });
      submitted = (await world
        .client()
        .resume(url, world.person(), { ...submitted, ticket: ticket ?? new Secret('') })) as Submitted;
    }
    const last = { ...submitted, ticket: submitted.ticket ?? new Secret('') };
    expect(await world.client().resume(url, world.person(), last)).toMatchObject({ kind: 'granted' });
    expect(tickets()).toEqual(['ticket-1', 'ticket-2', 'ticket-3', 'ticket-4']);
    expect(world.as.tokenRequests.slice(1).some((form) => 'claim_token' in form)).toBe(false);
  });

  it('may say no', async () => {
    world.as.askOwner();
    const submitted = (await read()) as Submitted;
    world.as.refuse('request_denied');
    const process = { ...submitted, ticket: submitted.ticket ?? new Secret('') };
    expect(await world.client().resume(url, world.person(), process)).toMatchObject({ kind: 'denied' });
  });
});
