import { Secret } from '../../src/common/secret.js';
import { PatSource, type ResourceOwner } from '../../src/uma/index.js';

/** PATs that a test lays out, and what a renewal gives next; counts renewals. */
export class FixedPats extends PatSource {
  renewals = 0;
  next: string | undefined;
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

  override renew(owner: ResourceOwner): Promise<Secret | undefined> {
    this.renewals += 1;
    this.set(owner.subject, this.next);
    return this.patOf(owner);
  }
}
