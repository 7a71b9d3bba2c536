import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Namespace, Socket } from 'socket.io';

import { Clock } from '../../common/clock.js';
import { InTurn } from '../../common/in-turn.js';
import { RefusalLimits } from '../../measurements/refusal-limits.js';
import { SocketServer } from '../../measurements/socket-server.js';
import type { Attempt } from '../../uma/guard/attempt.js';
import { HandshakeRefused, SocketHandshake } from '../../uma/guard/socket-handshake.js';
import { SocketTokens } from '../../uma/guard/socket-tokens.js';
import { failed, type RefusalMessage, UmaRefusal, unknownResource } from '../../uma/guard/uma-refusal.js';
import { streamScope } from '../heart-rate-resource.js';
import { RESOURCES_OPTIONS, type ResourcesOptions } from '../resources.options.js';
import { expiryOf } from './live-messages.js';
import { type LiveAnswer, type LiveOrder, readOrder } from './live-orders.js';
import { LIVE_NAMESPACE } from './live-packet.js';
import { LiveStreams } from './live-streams.js';
import type { LiveViewer } from './live-viewer.js';
import { SocketSink } from './socket-sink.js';

const ORDERS: ReadonlySet<unknown> = new Set(['subscribe', 'unsubscribe', 'auth:renew']);
/** How many resources one socket may watch. */
export const MOST_WATCHED = 50;
/** How many orders of one socket may wait for their answer. */
const MOST_ORDERS = 20;
/** How long a socket may stay that watches nothing. */
const LONGEST_IDLE_MS = 30_000;

/** What is known of one socket. */
interface Watcher {
  readonly viewers: Map<string, LiveViewer>;
  orders: number;
  /** Since when it watches nothing, in milliseconds since the Unix epoch. */
  idleSinceMs: number;
}

/**
 * Where viewers connect: the namespace `/live` of socket.io. The handshake names a resource (`auth.resource`) and brings
 * the token that opens it (`auth.token`); else it is refused, with a permission ticket. On the socket a client orders
 * `subscribe`, `unsubscribe` and `auth:renew`, each answered, and gets {@link LiveMessages}.
 */
@Injectable()
export class LiveGateway implements OnModuleInit {
  private readonly logger = new Logger(LiveGateway.name);
  private readonly namespace: Namespace;
  private readonly watchers = new Map<Socket, Watcher>();
  private readonly turns = new InTurn();
  private readonly scopes: readonly string[];

  constructor(
    server: SocketServer,
    private readonly streams: LiveStreams,
    private readonly handshake: SocketHandshake,
    private readonly tokens: SocketTokens,
    private readonly clock: Clock,
    private readonly limits: RefusalLimits,
    @Inject(RESOURCES_OPTIONS) options: ResourcesOptions,
  ) {
    this.namespace = server.io.of(LIVE_NAMESPACE);
    this.scopes = [streamScope(options.legacyScope)];
  }

  onModuleInit(): void {
    const handshake = this.handshake.middleware<Socket>({ scopes: this.scopes });
    this.namespace.use(this.limits.before(handshake, () => new HandshakeRefused(tooManyRefusals().toMessage())));
    this.namespace.on('connection', (socket) => {
      this.serve(socket);
    });
  }

  /** Closes sockets that watch nothing; called each second. */
  look(): void {
    const nowMs = this.clock.nowMs();
    for (const [socket, { viewers, idleSinceMs }] of this.watchers) {
      if (viewers.size === 0 && nowMs - idleSinceMs >= LONGEST_IDLE_MS) socket.disconnect(true);
    }
  }

  private serve(socket: Socket): void {
    const watcher: Watcher = { viewers: new Map(), orders: 0, idleSinceMs: this.clock.nowMs() };
    this.watchers.set(socket, watcher);
    socket.on('disconnect', () => {
      this.watchers.delete(socket);
      for (const viewer of watcher.viewers.values()) this.streams.leave(viewer);
    });
    const take = (order: string, act: (order: LiveOrder) => Promise<LiveAnswer>) => {
      socket.on(order, (...sent: unknown[]) => void this.answer(socket, watcher, sent, act));
    };
    take('subscribe', (order) => this.subscribe(socket, watcher, order));
    take('unsubscribe', (order) => Promise.resolve(this.unsubscribe(watcher, order)));
    take('auth:renew', (order) => this.renew(socket, watcher, order));
    socket.onAny((order: unknown, ...sent: unknown[]) => {
      if (!ORDERS.has(order)) void this.answer(socket, watcher, sent, unknownOrder);
    });
  }

  /** One order after the other, so that what a client sends quickly cannot overtake itself, or ask too much of others. */
  private async answer(
    socket: Socket,
    watcher: Watcher,
    sent: readonly unknown[],
    act: (order: LiveOrder) => Promise<LiveAnswer>,
  ): Promise<void> {
    const reply = sent.at(-1);
    const answer = (message: LiveAnswer | RefusalMessage): void => {
      if (typeof reply === 'function') (reply as (message: unknown) => void)(message);
      else if ('error' in message) socket.emit('refused', message);
    };
    if (watcher.orders >= MOST_ORDERS) {
      answer(new UmaRefusal(429, 'slow_down', 'Wait for answers.').toMessage());
      return;
    }
    watcher.orders += 1;
    try {
      answer(await this.turns.run(socket.id, () => this.carryOut(socket, () => act(readOrder(sent[0])))));
    } catch (error) {
      answer(this.refusal(error));
    } finally {
      watcher.orders -= 1;
    }
  }

  /** Tokens that open nothing cost the same here as in a handshake. */
  private async carryOut(socket: Socket, act: () => Promise<LiveAnswer>): Promise<LiveAnswer> {
    if (await this.limits.isOver(socket)) throw tooManyRefusals();
    try {
      return await act();
    } catch (error) {
      if (error instanceof UmaRefusal && error.getStatus() === 401) await this.limits.note(socket);
      throw error;
    }
  }

  private async subscribe(socket: Socket, watcher: Watcher, order: LiveOrder): Promise<LiveAnswer> {
    const resourceId = order.resource ?? resourceOf(socket);
    if (watcher.viewers.size >= MOST_WATCHED) throw new UmaRefusal(429, 'slow_down', 'This socket watches enough.');
    if (watcher.viewers.has(resourceId)) throw new UmaRefusal(400, 'invalid_request', 'It is watched already.');
    const attempt = await this.attempt(socket, order);
    const request = { attempt, resourceId, sink: new SocketSink(socket) };
    const viewer = await this.streams.watch(request, () => {
      this.forget(watcher, resourceId);
    });
    if (!socket.connected) this.streams.leave(viewer);
    watcher.viewers.set(resourceId, viewer);
    // After the answer, which goes out when this has returned.
    setImmediate(() => void this.start(viewer, order.after));
    return { resource: resourceId, ...expiryOf(viewer.grant.decision) };
  }

  private async start(viewer: LiveViewer, after: number | undefined): Promise<void> {
    try {
      await this.streams.start(viewer, after);
    } catch (error) {
      this.logger.error('A stream could not begin.', error instanceof Error ? error.stack : undefined);
    }
  }

  private unsubscribe(watcher: Watcher, { resource }: LiveOrder): LiveAnswer {
    const viewer = resource === undefined ? undefined : watcher.viewers.get(resource);
    if (viewer === undefined) throw unknownResource();
    this.streams.leave(viewer);
    this.forget(watcher, viewer.resourceId);
    return { resource: viewer.resourceId };
  }

  /** A new token, for one resource or for all that are watched. */
  private async renew(socket: Socket, watcher: Watcher, order: LiveOrder): Promise<LiveAnswer> {
    if (order.token === undefined) throw new UmaRefusal(400, 'invalid_request', 'A token is needed.');
    const chosen = [...watcher.viewers.values()].filter(
      ({ resourceId }) => order.resource === undefined || order.resource === resourceId,
    );
    const [first] = chosen;
    if (first === undefined) throw unknownResource();
    const attempt = await this.attempt(socket, order);
    await this.streams.renew(chosen, attempt);
    // What it subscribes to later is opened by this one, too.
    if (order.resource === undefined) this.tokens.replace(socket, attempt);
    return expiryOf(first.grant.decision);
  }

  private async attempt(socket: Socket, { token, dpop }: LiveOrder): Promise<Attempt> {
    const presented = token === undefined ? await this.tokens.of(socket) : await this.tokens.given(socket, token, dpop);
    return { ...presented, scopes: this.scopes };
  }

  private forget(watcher: Watcher, resourceId: string): void {
    watcher.viewers.delete(resourceId);
    watcher.idleSinceMs = this.clock.nowMs();
  }

  private refusal(error: unknown): RefusalMessage {
    if (error instanceof UmaRefusal) return error.toMessage();
    this.logger.error('An order failed.', error instanceof Error ? error.stack : undefined);
    return failed(error).toMessage();
  }
}

const unknownOrder = (): Promise<never> =>
  Promise.reject(new UmaRefusal(400, 'invalid_request', `There are the orders ${[...ORDERS].join(', ')}.`));

const tooManyRefusals = (): UmaRefusal => new UmaRefusal(429, 'slow_down', 'Too much was refused: wait a minute.');

/** The resource of the handshake, which let the socket in. */
const resourceOf = ({ handshake }: Socket): string => String(handshake.auth['resource']);
