import { type Handler, type Incoming, LoopbackServer, type Reply } from '../loopback/loopback-server.js';
import { type MockCall, mockCall } from './mock-call.js';

/** What a protected resource does with a call. */
export type Guard = (call: MockCall) => Reply;

/** A resource server that the suite brings for a client under test; each case has a resource of its own there. */
export class MockResourceServer {
  readonly calls: MockCall[] = [];
  private readonly guards = new Map<string, Guard>();

  static async start(): Promise<MockResourceServer> {
    let answer: Handler = () => ({ status: 503 });
    const server = await LoopbackServer.start((incoming) => answer(incoming));
    const mock = new MockResourceServer(server);
    answer = (incoming) => mock.answer(incoming);
    return mock;
  }

  private constructor(private readonly server: LoopbackServer) {}

  get origin(): string {
    return this.server.origin;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** Puts a resource at a path and everything below it. @returns its URL */
  protect(path: string, guard: Guard): string {
    this.guards.set(path, guard);
    return `${this.origin}${path}`;
  }

  /** The calls of a resource. */
  callsOf(url: string): readonly MockCall[] {
    const { pathname } = new URL(url);
    return this.calls.filter(({ path }) => isBelow(path, pathname));
  }

  private answer(incoming: Incoming): Reply {
    const call = mockCall(incoming);
    this.calls.push(call);
    const [, guard] = [...this.guards].find(([path]) => isBelow(call.path, path)) ?? [];
    return guard?.(call) ?? { status: 404 };
  }
}

const isBelow = (path: string, parent: string): boolean => path === parent || path.startsWith(`${parent}/`);

/** Lets those in who bring one of some tokens, and challenges everybody else. @param challenge the header for the next one */
export function guardedBy(rpts: ReadonlySet<string>, challenge: () => string, content: unknown): Guard {
  return ({ bearer }) =>
    rpts.has(bearer ?? '')
      ? { status: 200, json: content }
      : { status: 401, headers: { 'www-authenticate': challenge() }, json: { error: 'invalid_token' } };
}

/** The challenge as the standard prints it. @see UMA 2.0 Grant section 3.2.1 */
export function umaChallenge(asUri: string, ticket: string): string {
  return `UMA realm="heart", as_uri="${asUri}", ticket="${ticket}"`;
}
