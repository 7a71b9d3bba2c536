import type { INestApplication } from '@nestjs/common';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';

import { FakeAuthorizationServer, FixedClock, FixedPats, FixedResources } from '../../src/testing/index.js';
import type { ProtectedResource, UmaModuleOptions } from '../../src/uma/index.js';
import { guardedApplication } from './guarded-application.js';

/** An answer of the guarded application. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A guarded application with Alice's heart and lungs, and the authorization server that protects them. */
export class GuardWorld {
  readonly pats = new FixedPats().set('alice', 'PATa1');
  readonly resources = new FixedResources();

  private constructor(
    readonly as: FakeAuthorizationServer,
    readonly clock: FixedClock,
    private readonly options: Partial<UmaModuleOptions>,
  ) {}

  private app: INestApplication | undefined;

  static async start(options: Partial<UmaModuleOptions> = {}): Promise<GuardWorld> {
    const clock = new FixedClock();
    const as = await FakeAuthorizationServer.start({ clock, audience: 'http://rs.test' });
    const world = new GuardWorld(as, clock, options);
    world.own('heart', 'R1');
    world.own('lungs', 'R2');
    world.app = await guardedApplication(world, world.options);
    return world;
  }

  /** Address of the application. */
  get base(): string {
    return `http://127.0.0.1:${(this.app?.getHttpServer() as { address(): AddressInfo }).address().port}`;
  }

  /** A provider of the application. */
  get<Provider>(token: abstract new (...parts: never[]) => Provider): Provider {
    if (this.app === undefined) throw new Error('The application is not started.');
    return this.app.get<Provider>(token);
  }

  /** Lays out a resource; Alice's, and protected by the one authorization server, when nothing else is said. */
  own(id: string, umaResourceId: string, { issuer = this.as.issuer, subject = 'alice' } = {}): ProtectedResource {
    const resource = { id, owner: { issuer, subject }, umaResourceId };
    this.resources.add(resource);
    return resource;
  }

  /** What introspection says of a good token. @param permissions scopes by `_id` */
  active(permissions: Readonly<Record<string, readonly string[]>>, members: object = {}): Record<string, unknown> {
    return {
      active: true,
      iss: this.as.issuer,
      aud: 'http://rs.test',
      exp: this.clock.nowSeconds() + 900,
      permissions: Object.entries(permissions).map(([resource_id, resource_scopes]) => ({
        resource_id,
        resource_scopes,
      })),
      ...members,
    };
  }

  async call(path: string, headers: Readonly<Record<string, string | string[]>> = {}): Promise<Reply> {
    const answer = await request(`${this.base}${path}`, { headers });
    return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
  }

  get lines(): (reply: Reply) => readonly string[] {
    return ({ headers }) => [headers['www-authenticate'] ?? []].flat();
  }

  async stop(): Promise<void> {
    await this.app?.close();
    await this.as.stop();
  }
}

/** The header by which a token is borne. */
export const bearing = (token: string): { readonly authorization: string } => ({ authorization: `Bearer ${token}` });
