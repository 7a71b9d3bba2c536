import { createInterface, type Interface } from 'node:readline/promises';

import type { Identity } from '../identity/identity.js';
import { Skipped } from '../suite/conformance-case.js';
import type { Protocol } from '../world/protocol.js';
import { acceptedClaimTokens } from './accepted-claim-tokens.js';
import type { Driver, Fixtures, OwnerAnswer, PolicyDriver, Resource, Share } from './driver.js';
import { type Providers, StandardSetup } from './standard-setup.js';
import type { Target } from './target.js';

/** Asks the operator to do something. @returns false when they say that it cannot be done */
export type Ask = (what: string) => Promise<boolean>;

/** Any other server: somebody sets its policies by hand, as they are asked to. */
export class ByHandDriver implements Driver {
  readonly name = 'by-hand';
  readonly sideBySide = 1;
  readonly policy: PolicyDriver;

  constructor(
    private readonly target: Target,
    private readonly providers: Providers,
    private readonly operator: Operator,
  ) {
    this.policy = new PolicyByHand((what) => operator.ask(what));
  }

  async setUp(protocol: Protocol): Promise<Fixtures> {
    const setup = new StandardSetup(protocol, this.target, this.providers);
    const fixtures = await setup.fixtures();
    const claimTokens = await acceptedClaimTokens(setup, protocol, fixtures, this.policy);
    return { ...fixtures, claimTokens };
  }

  close(): Promise<void> {
    this.operator.close();
    return Promise.resolve();
  }
}

/** Policies that somebody sets as they are told, at whatever pages or tools the server has. */
export class PolicyByHand implements PolicyDriver {
  constructor(private readonly ask: Ask) {}

  async permit(resource: Resource, person: Identity, scopes: readonly string[], seconds?: number): Promise<Share> {
    const until = seconds === undefined ? '' : ` for the next ${seconds} seconds, not longer`;
    const who = `${person.name} (subject ${person.subject} of ${person.issuer}, e-mail ${person.email})`;
    await this.insist(`let ${who} have ${scopes.join(' and ')} of ${named(resource)}${until}`);
    return this.share(resource);
  }

  async needsClaim(
    resource: Resource,
    { name, value, issuer }: { name: string; value: string; issuer: string },
    scopes: readonly string[],
  ): Promise<Share> {
    const who = `whoever proves ${name} = ${value} by ${issuer}`;
    await this.insist(`let ${who} have ${scopes.join(' and ')} of ${named(resource)}`);
    return this.share(resource);
  }

  async ownerApproval(resource: Resource): Promise<OwnerAnswer> {
    await this.insist(`have requests for ${named(resource)} wait for its owner’s approval`);
    return {
      approve: (scopes) => this.insist(`approve the request for ${named(resource)}${partOf(scopes)}`),
      refuse: () => this.insist(`refuse the request for ${named(resource)}`),
    };
  }

  async deny(resource: Resource, { name, subject, issuer }: Identity): Promise<void> {
    await this.insist(
      `deny ${name} (subject ${subject} of ${issuer}) everything of ${named(resource)}, without asking its owner`,
    );
  }

  private share(resource: Resource): Share {
    return { withdraw: () => this.insist(`take back what you allowed for ${named(resource)}`) };
  }

  private async insist(what: string): Promise<void> {
    if (!(await this.ask(what))) throw new Skipped('It was said that this server cannot do this.');
  }
}

const named = ({ id, owner }: Resource): string => `${owner}’s resource ${id}`;

const partOf = (scopes: readonly string[] | undefined): string =>
  scopes === undefined ? '' : `, but only ${scopes.join(' and ')}`;

/** The operator at the terminal. */
export class Operator {
  private readonly terminal: Interface;

  /** @throws Error when nobody sits there */
  constructor() {
    if (!process.stdin.isTTY) throw new Error('--driver by-hand needs a terminal: somebody has to set the policies.');
    this.terminal = createInterface({ input: process.stdin, output: process.stdout });
  }

  async ask(what: string): Promise<boolean> {
    const answer = await this.terminal.question(`\n→ Please ${what}.\n  Press Enter when it is done, or type “skip”: `);
    return !/^s/i.test(answer.trim());
  }

  close(): void {
    this.terminal.close();
  }
}
