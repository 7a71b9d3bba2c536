import { AuthorizationServerUnreachable } from '../uma/protection-api/authorization-server-unreachable.js';
import type { ProtectionApi, Registration } from '../uma/protection-api/protection-api.js';
import type { ResourceOwner } from '../uma/protection-api/resource-owner.js';
import type { ResourceDescription } from '../uma/protocol/resource-description.js';

type Used = Pick<ProtectionApi, 'register' | 'read' | 'replace' | 'remove' | 'requestPermission'>;

/** An authorization server that keeps registrations in memory, loses them and goes away as a test wishes. */
export class FakeProtectionApi implements Used {
  readonly registered = new Map<string, ResourceDescription>();
  readonly calls: string[] = [];
  away = false;
  /** What every registration waits for, once it is made. */
  gate: Promise<void> = Promise.resolve();
  private count = 0;

  async register(owner: ResourceOwner, description: ResourceDescription): Promise<Registration> {
    this.note('register');
    const umaResourceId = `${owner.subject}-${String((this.count += 1))}`;
    this.registered.set(umaResourceId, description);
    await this.gate;
    return { umaResourceId, policyUri: `https://as.example/account/${umaResourceId}` };
  }

  read(_owner: ResourceOwner, umaResourceId: string): Promise<ResourceDescription | undefined> {
    return this.answer('read', () => this.registered.get(umaResourceId));
  }

  replace(_owner: ResourceOwner, umaResourceId: string, description: ResourceDescription): Promise<void> {
    return this.answer('replace', () => void this.registered.set(umaResourceId, description));
  }

  remove(_owner: ResourceOwner, umaResourceId: string): Promise<void> {
    return this.answer('remove', () => void this.registered.delete(umaResourceId));
  }

  requestPermission(): Promise<string> {
    return this.answer('requestPermission', () => 'a-ticket');
  }

  private async answer<Result>(call: string, result: () => Result): Promise<Result> {
    this.note(call);
    return Promise.resolve(result());
  }

  private note(call: string): void {
    if (this.away) throw new AuthorizationServerUnreachable('It is away.');
    this.calls.push(call);
  }
}
