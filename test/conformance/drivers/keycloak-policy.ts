import { type Answer, inWords, member } from '../http/answer.js';
import { exchange } from '../http/exchange.js';
import type { Identity } from '../identity/identity.js';
import { Failed, Skipped } from '../suite/conformance-case.js';
import type { OwnerAnswer, PolicyDriver, Resource, Share } from './driver.js';

/** Sets what owners want at Keycloak, by its policy API (`uma-policy`) with the owner's PAT. */
export class KeycloakPolicy implements PolicyDriver {
  private made = 0;

  /** @param issuer of the realm */
  constructor(private readonly issuer: string) {}

  async permit(
    resource: Resource,
    person: Identity,
    scopes: readonly string[],
    expiresInSeconds?: number,
  ): Promise<Share> {
    if (expiresInSeconds !== undefined) throw new Skipped('An owner’s policy at Keycloak has no end.');
    await this.letOwnerManage(resource);
    this.made += 1;
    const json = { name: `Conformance ${this.made}-${resource.id}`, users: [usernameOf(person)], scopes };
    const answer = await this.call(resource, 'POST', `/uma-policy/${resource.id}`, json);
    const id = String(member(answer, 'id'));
    return {
      withdraw: async () => {
        await this.call(resource, 'DELETE', `/uma-policy/${id}`);
      },
    };
  }

  needsClaim(): Promise<Share> {
    return Promise.reject(new Skipped('An owner’s policy at Keycloak cannot demand a claim.'));
  }

  async ownerApproval(resource: Resource): Promise<OwnerAnswer> {
    await this.letOwnerManage(resource);
    const inConsole = (): Promise<void> =>
      Promise.reject(new Skipped('Owners answer requests in Keycloak’s account console.'));
    return { approve: inConsole, refuse: inConsole };
  }

  /** What no policy permits is denied. */
  async deny(): Promise<void> {
    // Nothing to do.
  }

  /** Keycloak takes an owner's policies only for resources that say so, by a member of its own. */
  private async letOwnerManage(resource: Resource): Promise<void> {
    const { json } = await this.call(resource, 'GET', `/resource_set/${resource.id}`);
    const description = { ...(json as object), ownerManagedAccess: true };
    await this.call(resource, 'PUT', `/resource_set/${resource.id}`, description);
  }

  private async call(
    { pat }: Resource,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    json?: unknown,
  ): Promise<Answer> {
    const url = `${this.issuer}/authz/protection${path}`;
    const answer = await exchange(method, url, { bearer: pat, ...(json !== undefined && { json }) });
    if (answer.status < 300) return answer;
    throw new Failed(
      `The policy could not be set: ${method} ${path.replace(/\/[^/]*$/, '')} came to ${inWords(answer)}.`,
    );
  }
}

/** Keycloak's policies name people by their user names; here these are the beginning of the e-mail addresses. */
const usernameOf = ({ email }: Identity): string => email.split('@')[0] ?? '';
