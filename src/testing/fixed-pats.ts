import { Secret } from '../common/secret.js';
import { PatSource, type ResourceOwner } from '../uma/index.js';

/** PATs that a test lays out, and what a renewal gives next; counts renewals. */
export class FixedPats extends PatSource {
  renewals = 0;
  next: string | undefined;
  /** Whether a PAT that is not there will not come back by itself. */
  isLost = true;
  private readonly pats = new Map<string, string>();

  /** Gives an owner's subject its PAT. */
  set(subject: string, pat: string | undefined): this {
    if (pat === undefined) this.pats.delete(subject);
    else this.pats.set(subject, pat);
    return this;
  }

  override patOf({ subject }: ResourceOwner): Promise<Secret | undefined> {
    const pat = this.pats.get(subject);
    return Promise.resolve(pat === undefined ? undefined : new Secret(pat));
  }

  override has({ subject }: ResourceOwner): Promise<boolean> {
    return Promise.resolve(this.pats.has(subject) || !this.isLost);
  }

  override renew(owner: ResourceOwner): Promise<Secret | undefined> {
    this.renewals += 1;
    this.set(owner.subject, this.next);
    return this.patOf(owner);
  }
}
