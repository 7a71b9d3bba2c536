import { FixedClock } from '../../common/clock.fake.js';
import { Secret } from '../../common/secret.js';
import { MemoryPctStore, MemoryRptStore, type RequestingParty, UmaClient, type UmaClientOptions } from './index.js';
import { FakeAuthorizationServer, FakeResourceServer, type FakeServer } from './servers.fake.js';

/** A world of fake servers, and a client in it that trusts one resource server with one authorization server. */
export class UmaWorld {
  readonly clock = new FixedClock();
  readonly store = new MemoryRptStore();
  readonly pcts = new MemoryPctStore();
  readonly as = new FakeAuthorizationServer();
  readonly rs = new FakeResourceServer(this.as);
  private readonly others: FakeServer[] = [];

  async start(): Promise<this> {
    await Promise.all([this.as.start(), this.rs.start()]);
    return this;
  }

  /** Starts one more server, which ends with the world. */
  async add<Server extends FakeServer>(server: Server): Promise<Server> {
    this.others.push(server);
    return server.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.as, this.rs, ...this.others].map((server) => server.stop()));
  }

  client(options: Partial<UmaClientOptions> = {}): UmaClient {
    return new UmaClient({
      clientId: '@!1111!0008!FF',
      clientSecret: new Secret('s3cret:with colon'),
      trusted: new Map([[this.rs.origin, [this.as.issuer]]]),
      store: this.store,
      pcts: this.pcts,
      clock: this.clock,
      ...options,
    });
  }

  /** A person who signed in at the authorization server. */
  person(subject = 'bob', issuer = this.as.issuer): RequestingParty {
    return { issuer, subject, idToken: () => Promise.resolve(new Secret(`id-token-of-${subject}`)) };
  }
}
