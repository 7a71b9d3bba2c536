import { ResourceServerApplication } from './resource-server-application.js';
import { type HeartWorld, READ, STREAM } from './heart-world.js';
import type { LiveClient } from './live-client.js';

/** What somebody presents. */
export interface Presented {
  readonly token?: string;
  /** Proof that they hold the key to which the token is bound. */
  readonly dpop?: string;
  /** Another resource than the one of the world, for those who are in. */
  readonly resource?: string;
}

/** What came of it. */
export interface Outcome {
  readonly isOpen: boolean;
  /** The answer over HTTP, or the message on a socket. */
  readonly refusal: unknown;
  /** Everything that came, as text. */
  readonly text: string;
}

/** One of the ways in which a heart rate leaves the resource server. */
export interface WayIn {
  readonly name: string;
  readonly scope: string;
  /** The address that a proof is for. */
  readonly proofUrl: (world: HeartWorld) => string;
  /** What is there before somebody tries. @returns how they try */
  readonly prepare: (world: HeartWorld) => Promise<(presented: Presented) => Promise<Outcome>>;
}

const headersOf = ({ token, dpop }: Presented): Record<string, string> => ({
  ...(token !== undefined && { authorization: `${dpop === undefined ? 'Bearer' : 'DPoP'} ${token}` }),
  ...(dpop !== undefined && { dpop }),
});

const read: WayIn = {
  name: 'GET …/heart-rate',
  scope: READ,
  proofUrl: ({ id }) => `${ResourceServerApplication.baseUrl}/resources/${id}/heart-rate`,
  prepare: (world) =>
    Promise.resolve(async (presented) => {
      const told = await world.server.ask(`/resources/${world.id}/heart-rate`, { headers: headersOf(presented) });
      return { isOpen: told.status === 200, refusal: told, text: told.text };
    }),
};

const events: WayIn = {
  name: 'server-sent events',
  scope: STREAM,
  proofUrl: ({ id }) => `${ResourceServerApplication.baseUrl}/resources/${id}/heart-rate/live`,
  prepare: (world) =>
    Promise.resolve(async (presented) => {
      const reader = await world.follow(headersOf(presented));
      const isOpen = reader.status === 200;
      if (isOpen) await reader.told('snapshot');
      else await reader.ended();
      reader.leave();
      return { isOpen, refusal: reader, text: JSON.stringify(reader.heard) };
    }),
};

const handshake: WayIn = {
  name: 'the handshake of /live',
  scope: STREAM,
  proofUrl: () => `${ResourceServerApplication.baseUrl}/live`,
  prepare: (world) =>
    Promise.resolve(async (presented) => {
      try {
        const client = await world.connect(presented);
        client.leave();
        return { isOpen: true, refusal: undefined, text: JSON.stringify(client.heard) };
      } catch (refusal) {
        return { isOpen: false, refusal, text: JSON.stringify(refusal) };
      }
    }),
};

/** Of a socket that was let in by another token. */
const subscription: WayIn = {
  name: 'subscribe on /live',
  scope: STREAM,
  proofUrl: handshake.proofUrl,
  async prepare(world) {
    world.give('door', [STREAM]);
    const client = await world.connect({ token: 'door' });
    return (presented) => subscribe(world, client, presented);
  },
};

async function subscribe(world: HeartWorld, client: LiveClient, presented: Presented): Promise<Outcome> {
  const before = client.of('snapshot').length;
  const answer = await client.order('subscribe', presented);
  const isOpen = 'resource' in (answer as object);
  if (isOpen) {
    await client.told('snapshot', before + 1);
    await client.order('unsubscribe', { resource: world.id });
  }
  return { isOpen, refusal: answer, text: JSON.stringify([answer, client.heard.slice(before)]) };
}

/** Those by which somebody comes who is not there yet, and may bring no token at all. */
export const WAYS_IN_FROM_OUTSIDE: readonly WayIn[] = [read, events, handshake];

/** All of them. */
export const WAYS_IN: readonly WayIn[] = [...WAYS_IN_FROM_OUTSIDE, subscription];
