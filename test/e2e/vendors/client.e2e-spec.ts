import type { AddressInfo } from 'node:net';

import type { INestApplication } from '@nestjs/common';

import {
  MemoryPctStore,
  MemoryRptStore,
  type RequestingParty,
  UmaClient,
} from '../../../src/client/uma-client/index.js';
import type { SeenRequest } from '../../../src/client/uma-client/servers.fake.js';
import type { UmaAnswer } from '../../../src/client/uma-client/uma-answer.js';
import { Secret } from '../../../src/common/secret.js';
import { PRESETS } from '../../../src/uma/protocol/presets.js';
import { FixedResources } from '../../../src/testing/index.js';
import { guardedApplication } from '../../support/guarded-application.js';
import { CLIENT } from '../../support/vendors/vendor-server.js';
import { HEART, VendorWorld } from '../../support/vendors/vendor-world.js';
import { VENDORS } from '../../support/vendors/vendors.js';

const IDENTITY_PROVIDER = 'https://idp.example';

/** A client, a resource server and a product's authorization server between them. */
class Journey {
  readonly pcts = new MemoryPctStore();

  private constructor(
    readonly world: VendorWorld,
    private readonly app: INestApplication,
  ) {}

  static async start(preset: string): Promise<Journey> {
    const vendor = VENDORS.find((one) => one.preset === preset);
    if (vendor === undefined) throw new Error('There is no such product.');
    const world = await VendorWorld.start(vendor);
    world.server.register('R1', HEART);
    const resources = new FixedResources();
    resources.resources.set('heart', { id: 'heart', owner: world.alice, umaResourceId: 'R1' });
    const { clock, pats, known } = world;
    return new Journey(world, await guardedApplication({ clock, pats, resources }, { authorizationServers: [known] }));
  }

  get server() {
    return this.world.server;
  }

  get resourceServer(): string {
    return `http://127.0.0.1:${(this.app.getHttpServer() as { address(): AddressInfo }).address().port}`;
  }

  readonly client = (): UmaClient =>
    new UmaClient({
      clientId: CLIENT.id,
      clientSecret: new Secret(CLIENT.secret),
      trusted: new Map([[this.resourceServer, [this.server.issuer]]]),
      profiles: new Map([[this.server.issuer, PRESETS[this.world.vendor.preset]]]),
      store: new MemoryRptStore(),
      pcts: this.pcts,
      clock: this.world.clock,
    });

  /** @param issuer who vouches for Bob: the authorization server itself, when left out */
  read(client = this.client(), issuer = this.server.issuer): Promise<UmaAnswer> {
    const bob: RequestingParty = { issuer, subject: 'bob', idToken: () => Promise.resolve(new Secret('id-token')) };
    return client.read(`${this.resourceServer}/resources/heart/heart-rate`, bob);
  }

  /** The forms of all token requests. */
  get forms(): readonly Readonly<Record<string, string>>[] {
    const posts = this.server.callsTo('token').filter(({ method }) => method === 'POST');
    return posts.map(({ body }: SeenRequest) => Object.fromEntries(new URLSearchParams(body)));
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.server.stop();
  }
}

let journey: Journey;
afterEach(() => journey.stop());

const granted = { kind: 'answered', response: { status: 200 } };

describe.each(VENDORS)('a client in front of $preset', ({ preset, claimTokenFormats }) => {
  beforeEach(async () => {
    journey = await Journey.start(preset);
  });

  it('T47: gets in by a ticket, with the claim token in the spelling that is known there', async () => {
    expect(await journey.read()).toMatchObject(granted);
    expect(journey.forms).toEqual([
      expect.objectContaining({
        ticket: expect.stringMatching(/^ticket-/) as string,
        claim_token: 'id-token',
        claim_token_format: claimTokenFormats[0],
      }),
    ]);
  });

  it('T52: begins anew once when its ticket is refused', async () => {
    journey.server.outcomes.push('badTicket');
    expect(await journey.read()).toMatchObject(granted);
    const [first, second, ...more] = journey.forms.map(({ ticket }) => ticket);
    expect(first).not.toBe(second);
    expect(more).toEqual([]);
  });

  it('T52: understands a no, and stops', async () => {
    journey.server.permits = false;
    const kinds = (await journey.read()).kind;
    // WSO2 says the same of a ticket that is none, so that it is asked twice.
    expect([kinds, journey.forms.length]).toEqual(preset === 'wso2' ? ['refused', 2] : ['denied', 1]);
  });

  it('T54: keeps a token and uses it again, and gets another one when it has ended', async () => {
    const client = journey.client();
    await journey.read(client);
    await journey.read(client);
    expect(journey.forms).toHaveLength(1);
    journey.world.clock.advanceMs(20 * 60_000);
    journey.server.pats.set('PATa1', 'alice');
    expect(await journey.read(client)).toMatchObject(granted);
  });

  it('T48: sends nothing secret to a server whose metadata are another’s', async () => {
    const { server, resourceServer } = journey;
    if (preset === 'wso2') return;
    server.override = ({ path }) => {
      const isClients = path === server.vendor.paths.discovery && server.callsTo('permission').length > 0;
      return isClients
        ? { status: 200, body: { issuer: 'https://evil.example', token_endpoint: `${server.origin}/evil` } }
        : undefined;
    };
    expect(await journey.read()).toMatchObject({ kind: 'untrusted', server: 'authorization-server' });
    expect(journey.forms).toEqual([]);
    expect(server.to('/evil')).toEqual([]);
    expect(resourceServer).toBeDefined();
  });
});

describe('what single products answer to a ticket', () => {
  const start = async (preset: string): Promise<Journey> => (journey = await Journey.start(preset));

  it('Keycloak: access_denied with request_submitted means that the owner was asked, and gives no ticket', async () => {
    const { server } = await start('keycloak');
    server.outcomes.push('submitted');
    const answer = await journey.read();
    expect(answer).toMatchObject({ kind: 'submitted' });
    expect(answer).not.toHaveProperty('ticket');
  });

  it('Keycloak: a ticket of five kilobytes goes through whole', async () => {
    await start('keycloak');
    await journey.read();
    expect(journey.forms[0]?.['ticket']?.length).toBeGreaterThan(5000);
  });

  it.each(['gluu3', 'janssen'])(
    '%s: redirect_user has client and ticket in it already, each stays once (T49)',
    async (preset) => {
      const { server } = await start(preset);
      server.outcomes.push('needInfo');
      const client = journey.client();
      const answer = await journey.read(client);
      if (answer.kind !== 'need-info') throw new Error(`It came to ${answer.kind}.`);
      const back = { claimsRedirectUri: 'https://client.example/claimCallback', state: 'state' };
      const url = new URL(client.claimsRedirect(answer, back) ?? '');
      const { ticket } = answer;
      expect(Object.fromEntries(url.searchParams)).toEqual({
        customUserParam2: 'value2',
        client_id: CLIENT.id,
        ticket: ticket.reveal(),
        claims_redirect_uri: back.claimsRedirectUri,
        state: 'state',
      });
      expect(url.searchParams.size).toBe(5);
    },
  );

  it.each(['gluu3', 'janssen'])(
    '%s: a PCT that it knows no more is forgotten, and the way in is found without',
    async (preset) => {
      const { server, pcts } = await start(preset);
      const key = { authorizationServer: server.issuer, personIssuer: server.issuer, personSubject: 'bob' };
      await pcts.put(key, new Secret('old-pct'));
      server.outcomes.push('badPct');
      expect(await journey.read()).toMatchObject(granted);
      expect(journey.forms.map(({ pct }) => pct)).toEqual(['old-pct', undefined]);
      expect((await pcts.get(key))?.reveal()).toMatch(/^pct-/);
    },
  );

  it.each([
    ['gluu3', 'expiredTicket'],
    ['keycloak', 'badTicket'],
  ])('%s: %s means that the ticket is too old', async (preset, name) => {
    const { server } = await start(preset);
    server.outcomes.push(name, name);
    expect(await journey.read()).toMatchObject({ kind: 'refused', error: 'invalid_grant' });
    expect(journey.forms).toHaveLength(2);
  });

  it('PingAM: the owner was asked, and the ticket that came back is the one that was sent', async () => {
    const { server } = await start('pingam');
    server.outcomes.push('submitted');
    const answer = await journey.read();
    expect(answer).toMatchObject({ kind: 'submitted' });
    expect(answer.kind === 'submitted' && answer.ticket?.reveal()).toBe(journey.forms[0]?.['ticket']);
  });

  it.each(['pingam', 'gravitee'])(
    '%s: need_info gives the ticket again, and the claim is pushed with it',
    async (preset) => {
      const { server } = await start(preset);
      server.outcomes.push('needInfo');
      // Bob signed in elsewhere: his ID token is pushed only when it is asked for, by an issuer that is his or any.
      const issuer = preset === 'pingam' ? `${server.origin}/am/oauth2/alpha` : IDENTITY_PROVIDER;
      expect(await journey.read(journey.client(), issuer)).toMatchObject(granted);
      const [first, second] = journey.forms;
      expect(first).not.toHaveProperty('claim_token');
      expect(second).toMatchObject({ ticket: first?.['ticket'], claim_token: 'id-token' });
    },
  );

  it('SolidLab: a refusal with required_claims asks for claims, though it does not say need_info', async () => {
    const { server } = await start('solidlab');
    server.outcomes.push('needInfo');
    expect(await journey.read(journey.client(), IDENTITY_PROVIDER)).toMatchObject(granted);
    const [first, second] = journey.forms;
    expect(second?.['ticket']).not.toBe(first?.['ticket']);
    expect(second).toMatchObject({ claim_token: 'id-token' });
  });

  it('the standard: the same ticket again is a violation, and ends the flow (C-3)', async () => {
    const { server } = await start('standard');
    server.override = ({ path, body }) =>
      path === '/token'
        ? {
            status: 403,
            body: { error: 'need_info', ticket: new URLSearchParams(body).get('ticket'), required_claims: [{}] },
          }
        : undefined;
    expect(await journey.read()).toMatchObject({ kind: 'protocol-violation', violation: 'ticket-not-replaced' });
  });
});
