import { member } from '../http/answer.js';
import type { Identity } from '../identity/identity.js';
import { Failed } from '../suite/conformance-case.js';
import type { OwnerAnswer, PolicyDriver, Resource, Share, WantedClaim } from './driver.js';
import type { OwnerApi } from './owner-api.js';

type Grantee = Readonly<Record<string, unknown>>;
type AccessRequest = Readonly<Record<string, unknown>>;

/** Sets what owners want at Pulsegate's authorization server: by shares, settings, requests and blocks. */
export class PulsegatePolicy implements PolicyDriver {
  private readonly undoing: (() => Promise<unknown>)[] = [];

  constructor(private readonly api: OwnerApi) {}

  /** Takes back what does not go with the resources: settings and blocks. */
  async undo(): Promise<void> {
    for (const undo of this.undoing.splice(0).reverse()) await undo();
  }

  permit(resource: Resource, person: Identity, scopes: readonly string[], expiresInSeconds?: number): Promise<Share> {
    return this.share(resource, { issuer: person.issuer, subject: person.subject }, scopes, expiresInSeconds);
  }

  needsClaim(resource: Resource, claim: WantedClaim, scopes: readonly string[]): Promise<Share> {
    return this.share(resource, { claims: [claim] }, scopes);
  }

  async ownerApproval({ id, owner }: Resource): Promise<OwnerAnswer> {
    await this.acceptRequests(owner);
    const answer = async (how: 'approve' | 'refuse', bodyFor: (request: AccessRequest) => unknown): Promise<void> => {
      const request = await this.requestFor(id, owner);
      await this.api.call(owner, 'POST', `/api/access-requests/${String(request['id'])}/${how}`, bodyFor(request));
    };
    return {
      approve: (scopes) => answer('approve', (request) => ({ scopes: scopes ?? request['scopes'] })),
      refuse: () => answer('refuse', () => undefined),
    };
  }

  /** A block denies for good, whatever the owner accepts. A server that has no blocks denies whatever is not shared. */
  async deny({ owner }: Resource, { issuer, subject }: Identity): Promise<void> {
    const answer = await this.api.tryCall(owner, 'POST', '/api/blocks', { person: { issuer, subject } });
    if (answer.status === 404) return;
    if (answer.status >= 300) throw new Failed(`The person could not be blocked (${answer.status}).`);
    const block = String(member(answer, 'id'));
    this.undoing.push(() => this.api.tryCall(owner, 'DELETE', `/api/blocks/${block}`));
  }

  private async acceptRequests(owner: Resource['owner']): Promise<void> {
    const before = member(await this.api.call(owner, 'GET', '/api/settings'), 'acceptsRequests');
    if (before === true) return;
    await this.api.call(owner, 'PATCH', '/api/settings', { acceptsRequests: true });
    this.undoing.push(() => this.api.tryCall(owner, 'PATCH', '/api/settings', { acceptsRequests: before }));
  }

  private async share(
    { id, owner }: Resource,
    grantee: Grantee,
    scopes: readonly string[],
    expiresInSeconds?: number,
  ): Promise<Share> {
    const expiresAt = expiresInSeconds === undefined ? {} : { expiresAt: inSeconds(expiresInSeconds) };
    const share = await this.api.id(
      this.api.call(owner, 'POST', '/api/shares', { resourceId: id, scopes, grantee, ...expiresAt }),
    );
    return {
      withdraw: async () => {
        await this.api.call(owner, 'DELETE', `/api/shares/${share}`);
      },
    };
  }

  private async requestFor(resourceId: string, owner: Resource['owner']): Promise<AccessRequest> {
    const { json } = await this.api.call(owner, 'GET', '/api/access-requests');
    const requests = (Array.isArray(json) ? json : []) as readonly AccessRequest[];
    const pending = requests.find((one) => one['resourceId'] === resourceId && one['status'] === 'pending');
    if (pending === undefined) throw new Failed('The owner has no pending access request for the resource.');
    return pending;
  }
}

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
