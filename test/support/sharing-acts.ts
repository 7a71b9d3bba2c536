import type { JWTPayload } from 'jose';

import { Accounts } from '../../src/authorization-server/oidc/accounts/accounts.js';
import { RegisteredClients } from '../../src/authorization-server/oidc/clients/registered-clients.js';
import { Blocks } from '../../src/authorization-server/owner/blocks.js';
import { Shares } from '../../src/authorization-server/owner/shares.js';
import { SharingSettings } from '../../src/authorization-server/owner/sharing-settings.js';
import { ClaimsInteraction } from '../../src/authorization-server/uma/claims-interaction/claims-interaction.js';
import { signedIdToken } from './id-tokens.js';
import { isOf, type ModelResource, type ModelShare } from './sharing-model.js';
import { type HeldTicket, OWNERS, PEOPLE, type SharingStory } from './sharing-story.js';
import { claim, R1, type TestClient, UNLIMITED } from './uma-world.js';

/** One step of a story: what is done, and numbers that choose with what. */
export interface Step {
  readonly act: Act;
  readonly picks: readonly number[];
}

/** What can happen. */
export type Act = keyof typeof ACTS;

const SECONDS = [1, 30, 120, 290, 600, 40_000] as const;

/** How long a used ticket is remembered at least, in milliseconds. */
const REMEMBERED_MS = 300_000;

type Do = (story: SharingStory, picks: readonly number[]) => Promise<void>;

function pick<Thing>(things: readonly Thing[], number = 0): Thing | undefined {
  return things[number % things.length];
}

/** A thing for one in some numbers, for the others none. */
function pickOnceIn<Thing>(howMany: number, things: readonly Thing[], number: number): Thing | undefined {
  return number % howMany === 1 ? pick(things, number) : undefined;
}

/** Some of the scopes of a resource, at least one, if it has any. */
function someScopes({ scopes }: ModelResource, number = 0): readonly string[] {
  const some = scopes.filter((_scope, index) => (number >> index) % 2 === 1);
  return some.length === 0 ? scopes.slice(0, 1) : some;
}

/** Who presents a ticket, and with what. */
interface Presentation {
  readonly client: TestClient;
  /** Whom a good claim token names. */
  readonly person: string;
  /** Which kind of claim token there is. */
  readonly kind: number;
  /** What comes with it. */
  readonly extra: number;
}

/** ID tokens of each kind: good ones, none at all, and three that prove nothing. */
const ID_TOKENS: readonly ((story: SharingStory, presentation: Presentation) => Promise<string | undefined>)[] = [
  goodToken,
  goodToken,
  goodToken,
  () => Promise.resolve(undefined),
  (story, { person }) => signedIdToken(story.world, person, 'another-client'),
  (story, presentation) => goodToken(story, presentation, { iss: 'https://idp.test' }),
  async (story, presentation) => `${(await goodToken(story, presentation)).slice(0, -6)}AAAAAA`,
];
const [GOOD, NONE] = [3, 4];

function goodToken(story: SharingStory, { person, client }: Presentation, claims: JWTPayload = {}): Promise<string> {
  return signedIdToken(story.world, person, client.id, claims);
}

function presentationOf(story: SharingStory, [whose, how = 0, by, extra = 0]: readonly number[]): Presentation {
  const client = pick(story.cast.clients, by);
  if (client === undefined) throw new Error('A story has clients.');
  return { client, person: pick(PEOPLE, whose) ?? 'bob', kind: how % ID_TOKENS.length, extra };
}

async function present(story: SharingStory, ticket: HeldTicket, presentation: Presentation): Promise<void> {
  const { client, person, kind, extra } = presentation;
  const pct = pickOnceIn(3, story.pcts, extra);
  const former = pickOnceIn(2, story.tokens, extra);
  const idToken = (await ID_TOKENS[kind]?.(story, presentation)) ?? '';
  const { usedMs } = ticket;
  ticket.usedMs ??= story.nowMs;
  const parameters = { ...(idToken === '' ? {} : claim(idToken)), ...extras(extra, pct?.handle, former?.handle) };
  const answer = await story.world.redeem(ticket.handle, parameters, client);
  if (answer.body['upgraded'] === true) story.end((one) => one === former);
  if (usedMs !== undefined) noteReplay(story, ticket, usedMs, answer.status);
  story.note(answer, ticket, client.id, personOf(kind, person, [ticket.person, pct?.person]));
}

/** A parameter without a value counts as absent. */
function extras(extra: number, pct = '', rpt = ''): Record<string, string> {
  return { pct, rpt, scope: extra % 5 === 1 ? 'heart-rate:download' : '' };
}

/** Whom an answer is about: a claim token that proves nothing leaves that open, whatever was known before. */
function personOf(kind: number, named: string, known: readonly (string | undefined)[]): string | undefined {
  if (kind < GOOD) return named;
  return kind < NONE ? known.find((person) => person !== undefined) : undefined;
}

function noteReplay(story: SharingStory, ticket: HeldTicket, usedMs: number, status: number): void {
  if (status === 200) throw new Error('A ticket was redeemed twice.');
  if (story.nowMs - usedMs < REMEMBERED_MS) story.end(({ process }) => process === ticket.process);
}

/** Terms of a share, limited in one of some ways. */
function termsOf(story: SharingStory, resource: ModelResource, scopes: number, limit: number): Terms {
  const inSeconds = (seconds: number): number => story.nowMs + seconds * 1000;
  return {
    ...UNLIMITED,
    scopes: scopes % 3 === 0 ? someScopes(resource, scopes) : resource.scopes,
    ...(limit % 9 === 5 ? { clients: [story.cast.clients[0]?.id ?? ''] } : {}),
    ...(limit % 9 === 6 ? { startsMs: inSeconds(60) } : {}),
    ...(limit % 9 === 7 ? { expiresMs: inSeconds(100) } : {}),
    ...(limit % 9 === 8 ? { paused: true } : {}),
  };
}

/** A permission ticket for scopes of resources of one owner at one resource server. */
async function ticketFor(
  story: SharingStory,
  resources: readonly ModelResource[],
  scopesOf: (resource: ModelResource) => readonly string[],
): Promise<HeldTicket | undefined> {
  const [first] = resources;
  if (first === undefined) return undefined;
  const { owner, resourceServer } = first;
  const permissions = resources.map((one) => ({ resource_id: one.id, resource_scopes: scopesOf(one) }));
  const handle = await story.world.ticket(permissions, story.patOf(first));
  const ticket = {
    ...{ handle, process: story.newProcess(), owner, resourceServer },
    ...{ person: undefined, usedMs: undefined },
  };
  story.tickets.push(ticket);
  return ticket;
}

/** What there is to be done, each by numbers that choose with what. */
export const ACTS = {
  register: async (story, [owner, server = 0, type]) => {
    const [name, resourceServer] = [pick(OWNERS, owner) ?? 'alice', server % 2];
    const described = { ...R1, type: pick(story.types, type) ?? '' };
    const id = await story.world.register(described, story.patOf({ owner: name, resourceServer }));
    const scopes = R1.resource_scopes;
    story.model.resources.push({ id, owner: name, resourceServer, scopes, type: described.type, gone: false });
  },

  share: async (story, [which, whom, scopes = 0, limit = 0, wide = 0]) => {
    const resource = pick(story.resources, which);
    const person = pick(PEOPLE, whom);
    if (resource === undefined || person === undefined) return;
    const terms = termsOf(story, resource, scopes, limit);
    if (terms.scopes.length === 0) return;
    const target = wide % 3 === 0 ? { resourceType: resource.type } : { resourceId: resource.id };
    const place = { target, grantee: { kind: 'person', person: story.person(person) } as const };
    const shares = story.world.server.app.get(Shares);
    const saved = await shares.save(story.idOf(resource.owner), place, () => ({ ...UNLIMITED, ...terms }));
    if (saved === undefined) throw new Error('A resource is not there.');
    const { id } = saved.share;
    story.model.shares = story.model.shares.filter((share) => share.id !== id);
    story.model.shares.push({ id, owner: resource.owner, target, person, ...terms });
  },

  narrow: (story, [which, how = 0]) =>
    change(story, which, (share) =>
      how % 3 === 0 ? { clients: [story.cast.clients[1]?.id ?? ''] } : { scopes: share.scopes.slice(0, 1) },
    ),

  pause: (story, [which]) => change(story, which, ({ paused }) => ({ paused: !paused })),

  withdraw: async (story, [which]) => {
    const share = pick(story.model.shares, which);
    if (share === undefined) return;
    await story.world.server.app.get(Shares).withdraw(story.idOf(share.owner), share.id);
    story.model.shares = story.model.shares.filter(({ id }) => id !== share.id);
  },

  block: async (story, [owner, whom]) => {
    const [name, person] = [pick(OWNERS, owner) ?? 'alice', pick(PEOPLE, whom) ?? 'bob'];
    const key = `${name} ${person}`;
    if (name === person || story.model.blocked.has(key)) return;
    await story.world.server.app.get(Blocks).add(story.idOf(name), story.person(person));
    story.model.blocked.add(key);
  },

  unblock: async (story, [which]) => {
    const [owner = '', person] = pick([...story.model.blocked], which)?.split(' ') ?? [];
    const blocks = story.world.server.app.get(Blocks);
    for (const { id, person: blocked } of await blocks.list(story.idOf(owner))) {
      if (person === undefined || blocked.subject !== story.idOf(person)) continue;
      await blocks.lift(story.idOf(owner), id);
      story.model.blocked.delete(`${owner} ${person}`);
    }
  },

  pauseAll: async (story, [owner, on = 0]) => {
    const name = pick(OWNERS, owner) ?? 'alice';
    const paused = on % 3 === 0;
    await story.world.server.app.get(SharingSettings).change(story.idOf(name), { paused });
    if (paused) story.model.paused.add(name);
    else story.model.paused.delete(name);
  },

  describe: async (story, [which, scopes, type]) => {
    const resource = pick(story.resources, which);
    if (resource === undefined) return;
    const kept = R1.resource_scopes.filter((_scope, index) => ((scopes ?? 0) >> index) % 2 === 0);
    const json = { resource_scopes: kept, type: pick([resource.type, ...story.types], type) ?? '' };
    const path = `/uma/resources/${resource.id}`;
    const { status } = await story.world.call('PUT', path, { token: story.patOf(resource), json });
    if (status !== 200) throw new Error('A resource is not there.');
    story.model.describe(resource, kept);
    resource.type = json.type;
  },

  deregister: async (story, [which]) => {
    const resource = pick(story.resources, which);
    if (resource === undefined || story.resources.length < 3) return;
    await story.world.call('DELETE', `/uma/resources/${resource.id}`, { token: story.patOf(resource) });
    resource.gone = true;
  },

  ask: async (story, [which, scopes, also = 0]) => {
    const first = pick(story.resources, which);
    if (first === undefined) return;
    const isBeside = ({ owner, resourceServer }: ModelResource): boolean =>
      owner === first.owner && resourceServer === first.resourceServer;
    const resources = also % 4 === 3 ? story.resources.filter(isBeside) : [first];
    await ticketFor(story, resources, (resource) => someScopes(resource, scopes));
  },

  redeem: async (story, [which, ...picks]) => {
    const ticket = pick(story.openTickets, which);
    if (ticket !== undefined) await present(story, ticket, presentationOf(story, picks));
  },

  /** What clients do most: they ask for what is shared with a person, and redeem what they are given at once. */
  obtain: async (story, [which, among, scopes = 0, how = 0, by, extra]) => {
    const share = pick(story.model.shares, which);
    const resource =
      share &&
      pick(
        story.resources.filter((one) => isOf(share, one)),
        among,
      );
    if (share === undefined || resource === undefined) return;
    const wanted = share.scopes.slice(0, 1 + (scopes % 2)).filter((scope) => resource.scopes.includes(scope));
    const ticket = await ticketFor(story, [resource], () => wanted);
    const picks = [PEOPLE.findIndex((person) => person === share.person), how % GOOD, ...[by ?? 0, extra ?? 0]];
    if (ticket !== undefined) await present(story, ticket, presentationOf(story, picks));
  },

  replay: async (story, [which, ...picks]) => {
    const used = story.tickets.filter(({ usedMs }) => usedMs !== undefined);
    const ticket = pick(used, which);
    if (ticket !== undefined) await present(story, ticket, presentationOf(story, picks));
  },

  tellInPerson: async (story, [which, whom, by]) => {
    const ticket = pick(story.openTickets, which);
    const { app } = story.world.server;
    const account = await app.get(Accounts).findByUsername(pick(PEOPLE, whom) ?? '');
    const client = await app.get(RegisteredClients).find(pick(story.cast.clients, by)?.id ?? '');
    if (ticket === undefined || client === undefined || account === undefined) return;
    const interaction = app.get(ClaimsInteraction);
    ticket.usedMs = story.nowMs;
    const request = { client, ticket: ticket.handle, redirectUri: 'http://127.0.0.1:9/', state: undefined };
    const visit = await interaction.begin(request);
    const person = { account, signedInMs: story.nowMs };
    const answer = { person, purpose: undefined, shown: ['sub', 'email'], remember: true };
    const handle = visit && (await interaction.answer(visit, answer));
    if (handle !== undefined) story.tickets.push({ ...ticket, handle, person: account.username, usedMs: undefined });
  },

  refresh: async (story, [which, by = 0, scope = 0]) => {
    const token = pick(story.tokens, which);
    const client = pick(story.cast.clients, by);
    if (token === undefined || client === undefined) return;
    const narrowed = scope % 3 === 0 ? { scope: 'heart-rate:read' } : {};
    const form = { grant_type: 'refresh_token', refresh_token: token.refreshToken, ...narrowed };
    const { status, body } = await story.world.token(client, form);
    if (status >= 500) throw new Error('The authorization server failed.');
    if (status !== 200) return;
    if (client.id !== token.clientId) throw new Error('A client renewed the token of another one.');
    story.dead.push(token.handle);
    Object.assign(token, { handle: String(body['access_token']), refreshToken: String(body['refresh_token']) });
  },

  revoke: async (story, [which, by, what = 0]) => {
    const token = pick(story.tokens, which);
    const client = pick(story.cast.clients, by);
    if (token === undefined || client === undefined) return;
    await story.world.revoke(what % 2 === 0 ? token.handle : token.refreshToken, client);
    if (client.id === token.clientId) story.end((one) => one === token);
  },

  wait: (story, [how]) => {
    story.world.wait(pick(SECONDS, how) ?? 1);
    return Promise.resolve();
  },

  /** An owner takes something back while a client gets something. */
  meet: async (story, [first = 0, second = 0, ...picks]) => {
    const owners = pick(['withdraw', 'narrow', 'pause', 'pauseAll', 'describe', 'deregister', 'block'] as const, first);
    const clients = pick(['obtain', 'redeem', 'refresh', 'obtain'] as const, second);
    await Promise.all([
      ACTS[owners ?? 'withdraw'](story, picks),
      ACTS[clients ?? 'obtain'](story, [...picks].reverse()),
    ]);
  },
} as const satisfies Record<string, Do>;

type Terms = Pick<ModelShare, 'scopes' | 'clients' | 'paused' | 'startsMs' | 'expiresMs'>;

async function change(
  story: SharingStory,
  which: number | undefined,
  how: (share: ModelShare) => Partial<Terms>,
): Promise<void> {
  const share = pick(story.model.shares, which);
  if (share === undefined) return;
  const changes = how(share);
  const shares = story.world.server.app.get(Shares);
  const changed = await shares.change(story.idOf(share.owner), share.id, (before) => ({ ...before, ...changes }));
  if (changed !== undefined) Object.assign(share, changes);
}
