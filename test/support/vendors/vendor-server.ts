import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';

import type { Clock } from '../../../src/common/clock.js';
import { type FakeReply, FakeServer, type SeenRequest } from '../../../src/client/uma-client/servers.fake.js';
import { filled, fixture, type RecordedAnswers } from './fixtures.js';
import type { SentDescription, Vendor } from './vendors.js';

type Values = Readonly<Record<string, unknown>>;

/** A permission as the mock keeps it. */
export interface Grant {
  readonly resource: string;
  readonly scopes: readonly string[];
}

interface Registered {
  readonly owner: string;
  readonly description: SentDescription;
}

interface Issued {
  active: boolean;
  grants: readonly Grant[];
  readonly values: Values;
  /** Members of the introspection answer in place of the right ones. */
  readonly changes: Values;
}

/** The resource server as a client of the product, and its identifier. */
export const RS = { clientId: 'rs', secret: 'secret of rs', identifier: 'http://rs.test' } as const;
/** The client that asks for RPTs. */
export const CLIENT = { id: 'c1', secret: 'secret of c1' } as const;

/**
 * A product's authorization server on loopback: it answers in the shapes that were recorded of it, and refuses what the
 * product refuses. It knows resources, tickets and tokens; whom their owners let in the test says.
 */
export class VendorServer extends FakeServer {
  /** PATs that are good, with their owners. */
  readonly pats = new Map([['PATa1', 'alice']]);
  /** Names of the recorded token answers to give before the right one. */
  readonly outcomes: string[] = [];
  /** Endpoints that never answer. */
  readonly silent = new Set<keyof Vendor['paths']>();
  /** Whether anybody may have everything already. */
  isPublic = false;
  /** Whether its owners let people in. */
  permits = true;
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private readonly resources = new Map<string, Registered>();
  private readonly tickets = new Map<string, readonly Grant[]>();
  private readonly rpts = new Map<string, Issued>();
  private count = 0;

  constructor(
    readonly vendor: Vendor,
    private readonly clock: Clock,
  ) {
    super();
  }

  get issuer(): string {
    return `${this.origin}${this.vendor.issuer}`;
  }

  /** Requests to one endpoint. */
  callsTo(endpoint: keyof Vendor['paths']): readonly SeenRequest[] {
    return this.to(this.vendor.paths[endpoint]);
  }

  /** The ticket that was handed out last. */
  get lastTicket(): string {
    return [...this.tickets.keys()].at(-1) ?? '';
  }

  /** Registers a resource that was there before. */
  register(resource: string, description: SentDescription, owner = 'alice'): void {
    this.resources.set(resource, { owner, description });
  }

  /** Loses a resource. */
  forget(resource: string): void {
    this.resources.delete(resource);
  }

  /** Gives an RPT, without anybody asking. @param changes members of its introspection answers that are not right */
  issue(grants: readonly Grant[], { exp = this.clock.nowSeconds() + 300, ...changes }: Values = {}): string {
    const values = {
      exp,
      iat: this.clock.nowSeconds(),
      jti: randomUUID(),
      client: CLIENT.id,
      ...spellings(grants, exp),
    };
    const rpt = this.vendor.signs ? this.signed(values) : `rpt-${++this.count}`;
    this.rpts.set(rpt, { active: true, grants, values, changes });
    return rpt;
  }

  /** Ends a token. */
  revoke(rpt: string): void {
    this.rptOf(rpt).active = false;
  }

  /** Has a token permit something else from now on, in place. */
  upgrade(rpt: string, grants: readonly Grant[]): void {
    this.rptOf(rpt).grants = grants;
  }

  private rptOf(rpt: string): Issued {
    const issued = this.rpts.get(rpt);
    if (issued === undefined) throw new Error('There is no such token.');
    return issued;
  }

  protected override reply(request: SeenRequest): FakeReply | undefined {
    const { paths } = this.vendor;
    const [path = ''] = request.path.split('?');
    if ([...this.silent].some((endpoint) => paths[endpoint] === path)) return undefined;
    if (path === paths.discovery) return { status: 200, body: this.fill(fixture(this.vendor.preset, 'discovery')) };
    if (path === paths.keys) return { status: 200, body: { keys: [this.publicKey()] } };
    if (path === paths.introspection) return this.introspect(request);
    if (path === paths.token && request.method === 'POST') return this.token(request);
    if (path === paths.permission) return this.permission(request);
    return path.startsWith(paths.registration) ? this.registration(request) : { status: 404 };
  }

  private publicKey(): object {
    return { ...this.keys.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'ES256' };
  }

  private ownerOf({ headers }: SeenRequest): string | undefined {
    return this.pats.get(headers.authorization?.replace(/^Bearer /, '') ?? '');
  }

  private registration(request: SeenRequest): FakeReply {
    const owner = this.ownerOf(request);
    if (owner === undefined) return this.answer('registration', 'refusedPat');
    const [path = '', query] = request.path.split('?');
    const id = decodeURIComponent(path.slice(this.vendor.paths.registration.length).replace(/^\//, ''));
    if (request.method === 'POST') return this.create(owner, JSON.parse(request.body) as SentDescription);
    if (id === '') return this.list(owner, query);
    const known = this.resources.get(id);
    if (known?.owner !== owner) return this.answer('registration', 'unknown', { resource: id });
    return this.one(request, id, known);
  }

  private create(owner: string, description: SentDescription): FakeReply {
    const others = [...this.resources.values()].filter(
      (one) => this.vendor.preset === 'solidlab' || one.owner === owner,
    );
    const refusal = this.vendor.refuses?.(
      description,
      others.map((one) => one.description),
    );
    if (refusal !== undefined) return this.answer('registration', refusal, this.described(description));
    const resource = this.vendor.idOf?.(description) ?? randomUUID();
    this.resources.set(resource, { owner, description });
    return this.answer('registration', 'created', { resource, owner, ...this.described(description) });
  }

  private list(owner: string, query: string | undefined): FakeReply {
    const { listQuery } = this.vendor;
    if (listQuery !== undefined && query !== listQuery) return this.answer('list', 'withoutQuery');
    const ids = [...this.resources].filter(([, one]) => one.owner === owner).map(([id]) => id);
    return this.answer('list', ids.length === 0 ? 'none' : 'some', { ids });
  }

  private one(request: SeenRequest, resource: string, { owner, description }: Registered): FakeReply {
    if (request.method === 'DELETE') {
      this.resources.delete(resource);
      return this.answer('registration', 'deleted');
    }
    if (request.method === 'GET') {
      return this.answer('registration', 'read', { resource, owner, iat: 1, exp: 2, ...this.described(description) });
    }
    const sent = JSON.parse(request.body) as SentDescription;
    const refusal = this.vendor.refuses?.(sent, []);
    if (refusal !== undefined) return this.answer('registration', refusal, this.described(sent));
    this.resources.set(resource, { owner, description: sent });
    return this.answer('registration', 'replaced', { resource, ...this.described(sent) });
  }

  private described(description: SentDescription): Values {
    return described(description, this.vendor.iconMember);
  }

  private permission(request: SeenRequest): FakeReply {
    const owner = this.ownerOf(request);
    if (owner === undefined) return this.answer('permission', 'refusedPat');
    const sent: unknown = JSON.parse(request.body);
    if (this.vendor.arraysOnly && !Array.isArray(sent)) return this.answer('permission', 'object');
    const asked = [sent].flat() as readonly {
      readonly resource_id: string;
      readonly resource_scopes: readonly string[];
    }[];
    for (const { resource_id: resource, resource_scopes: scopes } of asked) {
      const known = this.resources.get(resource);
      if (known === undefined) return this.answer('permission', 'unknownResource', { resource });
      const available = known.description['resource_scopes'] as readonly string[];
      if (!scopes.every((scope) => available.includes(scope))) return this.answer('permission', 'unknownScope');
    }
    if (this.isPublic) return this.answer('permission', 'public');
    const ticket = this.newTicket(asked.map((one) => ({ resource: one.resource_id, scopes: one.resource_scopes })));
    return this.answer('permission', 'created', { ticket });
  }

  /** Keycloak's tickets are signed and long; those of the others are not. */
  private newTicket(grants: readonly Grant[]): string {
    const ticket = `ticket-${++this.count}${this.vendor.preset === 'keycloak' ? '.'.padEnd(5000, 'x') : ''}`;
    this.tickets.set(ticket, grants);
    return ticket;
  }

  private introspect(request: SeenRequest): FakeReply {
    const { by, hint } = this.vendor.introspection;
    const form = new URLSearchParams(request.body);
    const isAllowed = by === 'pat' ? this.ownerOf(request) !== undefined : isBasic(request, RS.clientId, RS.secret);
    if (!isAllowed || request.method !== 'POST') return this.answer('introspection', 'refusedCaller');
    const issued = this.rpts.get(form.get('token') ?? '');
    const isActive = issued?.active === true && this.clock.nowSeconds() < Number(issued.values['exp']);
    if (!isActive) return this.answer('introspection', 'inactive');
    const isHinted = hint === undefined || form.get('token_type_hint') === hint;
    const values = { ...issued.values, ...spellings(issued.grants, issued.values['exp']) };
    const reply = this.answer('introspection', isHinted ? 'active' : 'withoutHint', values);
    const body = { ...(reply.body as object), ...issued.changes };
    return { ...reply, body: Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) };
  }

  private token(request: SeenRequest): FakeReply {
    const form = new URLSearchParams(request.body);
    if (form.get('grant_type') === 'client_credentials') return this.pat(request, form);
    if (!isBasic(request, CLIENT.id, CLIENT.secret)) return { status: 401, body: { error: 'invalid_client' } };
    const ticket = form.get('ticket') ?? '';
    const grants = this.tickets.get(ticket);
    if (this.vendor.singleUse) this.tickets.delete(ticket);
    const refusal = this.outcomes.shift() ?? (grants === undefined ? 'badTicket' : this.refusalOf(form));
    if (refusal !== undefined) return this.refuse(refusal, ticket, grants);
    const rpt = this.issue(grants ?? []);
    return this.answer('token', 'success', { rpt, pct: `pct-${++this.count}`, refresh: `refresh-${++this.count}` });
  }

  /** @returns the name of the recorded answer */
  private refusalOf(form: URLSearchParams): string | undefined {
    const { wantsClaimToken, claimTokenFormats, otherFormat } = this.vendor;
    const format = form.get('claim_token_format') ?? (wantsClaimToken ? '' : undefined);
    if (format !== undefined && !claimTokenFormats.includes(format)) return otherFormat;
    return this.permits ? undefined : 'denied';
  }

  private refuse(name: string, ticket: string, grants: readonly Grant[] | undefined): FakeReply {
    const next = grants === undefined ? ticket : this.newTicket(grants);
    const reply = this.answer('token', name, { same: ticket, next, client: CLIENT.id });
    const { ticket: returned } = reply.body as { readonly ticket?: string };
    // What was given back is good for one more use.
    if (grants !== undefined && returned === ticket) this.tickets.set(ticket, grants);
    return reply;
  }

  /** A client of an owner gets her PAT. */
  private pat(request: SeenRequest, form: URLSearchParams): FakeReply {
    const isKnown = isBasic(request, RS.clientId, RS.secret) && form.get('scope') === 'uma_protection';
    if (!isKnown) return this.answer('registration', 'refusedPat');
    const pat = `pat-${++this.count}`;
    this.pats.set(pat, 'alice');
    return this.answer('token', 'pat', { pat, refresh: `refresh-${++this.count}` });
  }

  private answer(endpoint: string, name: string, values: Values = {}): FakeReply {
    const recorded = (fixture(this.vendor.preset, endpoint) as RecordedAnswers)[name];
    if (recorded === undefined) throw new Error(`${this.vendor.preset} has no recorded answer ${endpoint} ${name}.`);
    return { status: recorded.status, ...('body' in recorded && { body: this.fill(recorded.body, values) }) };
  }

  private fill(template: unknown, values: Values = {}): unknown {
    const { origin: base, issuer } = this;
    return filled(template, { base, issuer, rs: RS.identifier, rsClient: RS.clientId, ...values });
  }

  private signed(values: Values): string {
    const { header, claims } = fixture(this.vendor.preset, 'jwt') as {
      readonly header: object;
      readonly claims: object;
    };
    const parts = [{ alg: 'ES256', kid: 'k1', ...header }, this.fill(claims, values)];
    const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const key = { key: this.keys.privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
  }
}

/** Every way in which products write permissions. */
function spellings(grants: readonly Grant[], exp: unknown): Values {
  const permissions = grants.map(({ resource, scopes }) => ({ resource_id: resource, resource_scopes: scopes }));
  const rsidPermissions = grants.map(({ resource: rsid, scopes }) => ({ scopes, rsid, rsname: 'Heart rate' }));
  return {
    permissions,
    rsidPermissions,
    bothPermissions: rsidPermissions.map((one, index) => ({ ...one, ...permissions[index] })),
    permissionsWithExp: permissions.map((one) => ({ ...one, exp })),
    gluuPermissions: permissions.map((one) => ({ ...one, params: null, exp })),
    camelPermissions: grants.map(({ resource, scopes }) => ({ resourceId: resource, resourceScopes: scopes })),
  };
}

function described(description: SentDescription, iconMember = 'icon_uri'): Values {
  const { name, type, [iconMember]: icon, resource_scopes: scopes } = description;
  const scopeObjects = ((scopes ?? []) as readonly string[]).map((scope) => ({ name: scope }));
  return { name: name ?? null, type: type ?? null, icon: icon ?? null, scopes, scopeObjects };
}

function isBasic({ headers }: SeenRequest, id: string, secret: string): boolean {
  const [user = '', password = ''] = Buffer.from(headers.authorization?.replace(/^Basic /, '') ?? '', 'base64')
    .toString()
    .split(':');
  return decoded(user) === id && decoded(password) === secret;
}

/** @see RFC 6749 section 2.3.1 */
const decoded = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));
