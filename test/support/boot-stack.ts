import { join, resolve } from 'node:path';

import { request } from 'undici';

import { type Database, type Dialect, openDatabase } from '../../src/database/database.js';
import { demoEnvironments, type ProcessEnvironment } from '../../src/demo/demo-environment.js';
import { type DemoSeed, type DemoWorld, newDemoWorld } from '../../src/demo/demo-world.js';
import { UserAgent } from '../../src/demo/front-door/user-agent.js';
import { seed } from '../../src/demo/seeding.js';
import { ServerProcess } from '../../src/demo/server-process.js';
import { createDatabaseHome, type DatabaseHome } from './databases.js';
import { freePort } from './free-port.js';

/** The built entry points. */
export const BUILT = resolve('dist');

/** The servers of a {@link Stack}, by the names of their entry points. */
export const SERVERS = ['authorization-server', 'resource-server', 'client'] as const;
/** Name of a server of a {@link Stack}. */
export type ServerName = (typeof SERVERS)[number];

/** The three servers from the built output, as processes on ports of their own, with the people of the demo world. */
export class Stack {
  private readonly running = new Map<ServerName, ServerProcess>();
  private readonly instances: ServerProcess[] = [];

  /**
   * Starts the servers. Alice has signed in, connected a sensor, and shares with Bob.
   *
   * @param settings of every server, beside its own
   */
  static async start(dialect: Dialect, settings: ProcessEnvironment = {}): Promise<Stack> {
    const [home, ...ports] = await Promise.all([createDatabaseHome(dialect), freePort(), freePort(), freePort()]);
    const [issuer, resourceServer, client] = ports.map((port) => `http://localhost:${port}`);
    const world = newDemoWorld({ issuer: issuer ?? '', resourceServer: resourceServer ?? '', client: client ?? '' });
    const stack = new Stack(world, home, settings);
    await Promise.all(SERVERS.map((name) => stack.start(name)));
    stack.made = await seed(world);
    for (const server of stack.running.values()) server.seeded();
    return stack;
  }

  private made: DemoSeed | undefined;

  private constructor(
    readonly world: DemoWorld,
    private readonly home: DatabaseHome,
    private readonly settings: ProcessEnvironment,
  ) {}

  /** What was made for the demo world. */
  get seeded(): DemoSeed {
    if (this.made === undefined) throw new Error('The stack has not started.');
    return this.made;
  }

  /** The folder of the servers' files. */
  get folder(): string {
    return this.home.directory;
  }

  /** File of a server's log. */
  logFile(name: ServerName): string {
    return join(this.folder, `${name}.log`);
  }

  /** Starts a server, again after {@link stopServer}, and waits until it listens. */
  async start(name: ServerName): Promise<void> {
    const server = this.process(name, name);
    this.running.set(name, server);
    await server.listening;
  }

  /** Starts another instance of the resource server, on the same database. @returns its address */
  async startInstance(settings: ProcessEnvironment = {}): Promise<string> {
    const port = String(await freePort());
    const server = this.process('resource-server', `resource-server-${port}`, { RS_PORT: port, ...settings });
    this.instances.push(server);
    await server.listening;
    server.seeded();
    return `http://localhost:${port}`;
  }

  private process(name: ServerName, logName: string, settings: ProcessEnvironment = {}): ServerProcess {
    const environments = demoEnvironments(this.world, this.folder);
    return new ServerProcess({
      name,
      script: join(BUILT, `main.${name}.js`),
      logFile: join(this.folder, `${logName}.log`),
      environment: {
        ...{
          'authorization-server': environments.authorizationServer,
          'resource-server': environments.resourceServer,
          client: environments.client,
        }[name],
        ...(this.home.url !== undefined && { DATABASE_URL: this.home.url }),
        LOG_LEVEL: 'info',
        ...this.settings,
        ...settings,
      },
    });
  }

  /** Stops a server. @returns how it ended */
  async stopServer(name: ServerName): Promise<string> {
    const server = this.running.get(name);
    if (server === undefined) throw new Error(`The ${name} was never started.`);
    await server.stop();
    return server.ended;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.values(), ...this.instances].map((server) => server.stop()));
  }

  /** The database of a server; the test closes it. */
  database<Tables>(name: ServerName): Promise<Database<Tables>> {
    return openDatabase<Tables>({
      url: this.home.url,
      file: join(this.folder, `${name}.sqlite`),
      schema: name.replace('-', '_'),
    });
  }

  /** Signs somebody in at the client server, with a browser of their own. */
  visitor(username: string): Promise<Visitor> {
    return signInAtClient(this.world, username);
  }
}

/** Signs one of a world's people in at its client server, with a browser of their own. */
export async function signInAtClient({ client, accounts }: DemoWorld, username: string): Promise<Visitor> {
  const agent = new UserAgent();
  const { password = '' } = accounts.find((account) => account.username === username) ?? {};
  await agent.get(`${client}/login?returnTo=/api/session`);
  await agent.submit({ username, password }, { button: 'Sign in' });
  const page = await agent.submit({}, { button: 'Allow' });
  return new Visitor(client, agent, String(page.json()['csrfToken']));
}

/** What a server answered. */
export interface StackAnswer {
  readonly status: number;
  readonly text: string;
  /** The body as JSON. */
  json(): Record<string, unknown>;
}

/** Somebody who is signed in at the client server. */
export class Visitor {
  constructor(
    private readonly client: string,
    private readonly agent: UserAgent,
    private readonly csrfToken: string,
  ) {}

  /** Asks the client server as its page does. */
  async ask(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<StackAnswer> {
    const url = new URL(path, this.client);
    const answer = await request(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        cookie: this.agent.cookies.header(url) ?? '',
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'x-csrf-token': this.csrfToken }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, text, json: () => JSON.parse(text) as Record<string, unknown> };
  }

  /** Opens a link. @returns what is to be seen there */
  async open(resource: string): Promise<Record<string, unknown>> {
    return (await this.ask('/api/access', { resource })).json();
  }
}
