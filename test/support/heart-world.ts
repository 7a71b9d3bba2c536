import type { ResourceServerOptions } from '../../src/apps/resource-server.module.js';
import type { Dialect } from '../../src/database/database.js';
import { GrantWatch } from '../../src/resources/live/grant-watch.js';
import { FakeSensor } from './fake-sensor.js';
import { EventReader, LiveClient } from './live-client.js';
import { ResourceServerApplication, type Told } from './resource-server-application.js';

/** What Alice's heart is read by, and watched by. */
export const READ = 'heart-rate:read';
export const STREAM = 'heart-rate:stream';

/** How long before the clock samples begin: there is room for very many. */
const PAST_MS = 10 * 86_400_000;

/** A resource server with somebody's heart, a sensor of theirs, and whoever wants to see it beat. */
export class HeartWorld {
  private readonly guests: { leave(): void }[] = [];
  private sent = 0;

  private constructor(
    readonly server: ResourceServerApplication,
    readonly url: string,
    /** The heart, as the resource server calls it. */
    readonly id: string,
    /** The heart, as the authorization server calls it. */
    readonly umaId: string,
    /** The sensor's. */
    readonly credential: string,
  ) {}

  static async start(dialect: Dialect, options: Partial<ResourceServerOptions> = {}): Promise<HeartWorld> {
    const server = await ResourceServerApplication.start(dialect, options);
    return HeartWorld.of(server, 'alice', server.authorizationServer.pat);
  }

  private static async of(server: ResourceServerApplication, owner: string, pat: string): Promise<HeartWorld> {
    server.authorizationServer.pats.add(pat);
    const headers = await server.signIn(owner, owner, pat);
    const [resource] = (await server.ask('/api/resources', { headers })).json() as { id: string }[];
    const sensor = await server.ask('/api/sensors', { method: 'POST', headers, json: { name: 'Strap' } });
    const { credential } = sensor.json() as { credential: string };
    const umaId = [...server.authorizationServer.registrations.keys()].at(-1) ?? '';
    return new HeartWorld(server, await server.app.getUrl(), resource?.id ?? '', umaId, credential);
  }

  /** Another owner's heart at the same server, which goes with it. */
  another(owner: string, pat: string): Promise<HeartWorld> {
    return HeartWorld.of(this.server, owner, pat);
  }

  /** The authorization server has lost the registration, and its owner signs in again. */
  async registerAgain(): Promise<HeartWorld> {
    const { registrations } = this.as;
    registrations.delete(this.umaId);
    const headers = await this.server.signIn('alice');
    await this.server.ask('/api/resources', { method: 'POST', headers });
    const umaId = [...registrations.keys()].at(-1) ?? '';
    return new HeartWorld(this.server, this.url, this.id, umaId, this.credential);
  }

  /** What there would be to see under another id. */
  under(id: string): HeartWorld {
    return new HeartWorld(this.server, this.url, id, this.umaId, this.credential);
  }

  get as(): ResourceServerApplication['authorizationServer'] {
    return this.server.authorizationServer;
  }

  get clock(): ResourceServerApplication['clock'] {
    return this.server.clock;
  }

  /** What a good token says of itself. */
  good(scopes: readonly string[], members: object = {}): Record<string, unknown> {
    return {
      active: true,
      iss: this.as.issuer,
      aud: ResourceServerApplication.baseUrl,
      iat: this.clock.nowSeconds(),
      exp: this.clock.nowSeconds() + 900,
      permissions: [{ resource_id: this.umaId, resource_scopes: scopes }],
      ...members,
    };
  }

  /** The authorization server calls a token good from now on. */
  give(token: string, scopes: readonly string[] = [READ, STREAM], members: object = {}): void {
    this.as.tokens.set(token, this.good(scopes, { jti: `jti of ${token}`, ...members }));
  }

  /** What a sensor would send: heart rates, one a second. */
  measurements(heartRates: readonly number[]): readonly object[] {
    return heartRates.map((heartRate) => ({
      heartRate,
      timestamp: new Date(this.clock.nowMs() - PAST_MS + 1_000 * this.sent++).toISOString(),
    }));
  }

  post(json: unknown): Promise<Told> {
    return this.server.ask('/measurements', {
      method: 'POST',
      headers: { authorization: `Bearer ${this.credential}` },
      json,
    });
  }

  /** The heart beats: it is stored. */
  async beat(...heartRates: readonly number[]): Promise<void> {
    const told = await this.post(this.measurements(heartRates));
    expect(told.json()).toEqual({ stored: heartRates.length, duplicate: 0, refused: 0 });
  }

  async sensor(): Promise<FakeSensor> {
    return this.guest(await FakeSensor.connect(this.url, this.credential));
  }

  /** Somebody connects to `/live`. @throws RefusalMessage with which the handshake is refused */
  async connect(auth: object): Promise<LiveClient> {
    return this.guest(await LiveClient.connect(this.url, { resource: this.id, ...auth }));
  }

  /** Somebody watches on a socket. */
  async watch(token: string, order: object = {}): Promise<LiveClient> {
    const client = await this.connect({ token });
    expect(await client.order('subscribe', order)).toMatchObject({ resource: this.id });
    return client;
  }

  /** Somebody reads server-sent events, or is refused. */
  async follow(headers: Readonly<Record<string, string>>): Promise<EventReader> {
    return this.guest(await EventReader.open(`${this.url}/resources/${this.id}/heart-rate/live`, headers));
  }

  /** Time passes, and the streams are looked after as they are each second. */
  pass(milliseconds: number): void {
    this.clock.advanceMs(milliseconds);
    this.server.app.get(GrantWatch, { strict: false }).look();
  }

  /** Everybody leaves. */
  sendAway(): void {
    for (const guest of this.guests.splice(0)) guest.leave();
  }

  async stop(): Promise<void> {
    this.sendAway();
    await this.server.stop();
  }

  private guest<Guest extends { leave(): void }>(guest: Guest): Guest {
    this.guests.push(guest);
    return guest;
  }
}
