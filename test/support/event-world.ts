import type { INestApplication } from '@nestjs/common';
import type { Transaction } from 'kysely';
import { request } from 'undici';

import { TokenEvents } from '../../src/authorization-server/uma/token-events.js';
import { Secret } from '../../src/common/secret.js';
import type { EventTables } from '../../src/database/authorization-server/events.js';
import type { UmaTables } from '../../src/database/authorization-server/uma.js';
import { Database, type Dialect } from '../../src/database/database.js';
import { type FixedClock, FixedPats, FixedResources } from '../../src/testing/index.js';
import { EventChannels, type TokenEnding, TokenEndings } from '../../src/uma/index.js';
import { LONGEST_SILENCE_MS } from '../../src/uma/security-events/event-channel.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { guardedApplication } from './guarded-application.js';
import { type TestClient, UmaWorld } from './uma-world.js';

/** Identifier of the resource server of an {@link EventWorld}. */
export const HEART_SERVICE = 'http://rs.test';

/** An instance of a resource server that is told of withdrawals at an address of its own. */
export class ToldInstance {
  readonly endings: TokenEnding[] = [];
  private running: INestApplication | undefined;

  constructor(
    private readonly world: EventWorld,
    readonly port: number,
  ) {}

  get app(): INestApplication {
    if (this.running === undefined) throw new Error('The instance does not run.');
    return this.running;
  }

  get endpointUrl(): string {
    return `http://127.0.0.1:${this.port}/security-events`;
  }

  async start(): Promise<this> {
    const { issuer, client, clock } = this.world;
    const pats = new FixedPats().set(this.world.alice, this.world.pat);
    const source = { issuer, clientId: client.id, clientSecret: new Secret(client.secret) };
    this.running = await guardedApplication(
      { clock, pats, resources: this.world.resources },
      { audience: HEART_SERVICE, securityEvents: { endpointUrl: this.endpointUrl, sources: [source] } },
      this.port,
    );
    this.running.get(TokenEndings).subscribe((ending) => this.endings.push(ending));
    return this;
  }

  async stop(): Promise<void> {
    await this.running?.close();
    this.running = undefined;
  }

  /** Reads the protected resource with a token. @returns the status */
  async read(token: string): Promise<number> {
    const headers = { authorization: `Bearer ${token}` };
    const { statusCode, body } = await request(`http://127.0.0.1:${this.port}/resources/heart/heart-rate`, { headers });
    await body.dump();
    return statusCode;
  }

  isAlive(atMs = this.world.clock.nowMs()): boolean {
    return this.app.get(EventChannels).of(this.world.issuer)?.isAlive(atMs) === true;
  }

  /** Waits for a sign of life at the present time. */
  async heard(): Promise<void> {
    await eventually(() => this.isAlive(this.world.clock.nowMs() + LONGEST_SILENCE_MS));
  }
}

/** A requesting party token of Bob's, and how Alice takes it back. */
export interface BobsToken {
  readonly token: string;
  /** Its `jti`. */
  readonly id: string;
  readonly withdraw: () => Promise<unknown>;
}

/** An authorization server, and instances of a resource server that it tells of withdrawals. */
export class EventWorld {
  readonly resources = new FixedResources();
  private readonly instances: ToldInstance[] = [];

  private constructor(
    readonly uma: UmaWorld,
    readonly client: TestClient,
    readonly pat: string,
    /** Alice's `sub`. */
    readonly alice: string,
    readonly resourceId: string,
  ) {}

  static async start(dialect: Dialect): Promise<EventWorld> {
    const uma = await UmaWorld.start(dialect);
    const client = await uma.registerClient({
      client_name: 'Heart Service',
      resource: HEART_SERVICE,
      grant_types: ['authorization_code', 'client_credentials'],
      scope: 'openid uma_protection ssf.manage sharing',
    });
    const pat = await uma.accessToken(client, 'alice', 'openid uma_protection');
    const resourceId = await uma.register(undefined, pat);
    const { body } = await uma.call('GET', '/userinfo', { token: pat });
    const world = new EventWorld(uma, client, pat, String(body['sub']), resourceId);
    const owner = { issuer: world.issuer, subject: world.alice };
    world.resources.add({ id: 'heart', owner, umaResourceId: resourceId });
    return world;
  }

  get issuer(): string {
    return this.uma.issuer;
  }

  get clock(): FixedClock {
    return this.uma.server.clock;
  }

  get database(): Database<EventTables & UmaTables> {
    return this.uma.server.app.get<Database<EventTables & UmaTables>>(Database);
  }

  async instance(): Promise<ToldInstance> {
    const instance = await new ToldInstance(this, await freePort()).start();
    this.instances.push(instance);
    return instance;
  }

  async close(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.stop()));
    await this.uma.close();
  }

  /** Lets time pass, and the instances hear a sign of life every ten seconds. */
  async pass(seconds: number, ...instances: readonly ToldInstance[]): Promise<void> {
    for (let passed = 0; passed < seconds; passed += 10) {
      this.clock.advanceMs(10_000);
      await Promise.all(instances.map((instance) => instance.heard()));
    }
  }

  /** An access token of the resource server itself. */
  async manager(scope = 'ssf.manage'): Promise<string> {
    const { body } = await this.uma.token(this.client, { grant_type: 'client_credentials', scope });
    return String(body['access_token']);
  }

  /** Alice shares with Bob, and Bob gets a requesting party token. */
  async rpt(): Promise<BobsToken> {
    const sharing = await this.uma.accessToken(this.client, 'alice', 'openid sharing');
    const json = { resourceId: this.resourceId, scopes: ['heart-rate:read'], grantee: { username: 'bob' } };
    const share = await this.uma.call('POST', '/api/shares', { token: sharing, json });
    const wanted = { resource_id: this.resourceId, resource_scopes: ['heart-rate:read'] };
    const { body } = await this.uma.redeemAs('bob', await this.uma.ticket(wanted, this.pat));
    const token = String(body['access_token']);
    const id = String((await this.uma.introspect(token, this.pat)).body['jti']);
    const path = `/api/shares/${String(share.body['id'])}`;
    return { token, id, withdraw: () => this.uma.call('DELETE', path, { token: sharing }) };
  }

  /** Ends tokens, as every way does that takes one back. */
  async end(...tokenIds: readonly string[]): Promise<void> {
    await this.database.transaction(async (within) => {
      await within.deleteFrom('uma_rpt').where('token_id', 'in', tokenIds).execute();
      await this.record(within, tokenIds);
    });
  }

  /** Notes that tokens have ended. */
  async record(within: Transaction<EventTables & UmaTables>, tokenIds: readonly string[]): Promise<void> {
    const whose = { resourceServer: this.client.id, ownerId: this.alice };
    const changes = tokenIds.map((tokenId) => ({ kind: 'ended', tokenId, ...whose }) as const);
    await this.uma.server.app.get(TokenEvents).record(within, changes);
  }

  /** How many events are still to be delivered. */
  async pending(): Promise<number> {
    const rows = await this.database.kysely.selectFrom('event_delivery').select('id').execute();
    return rows.length;
  }
}
