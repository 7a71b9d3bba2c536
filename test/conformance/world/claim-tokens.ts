import { decodeJwt } from 'jose';

import { withForeignSignature, withoutSignature } from '../identity/forgery.js';
import type { Identity } from '../identity/identity.js';
import type { IdentityProvider } from '../identity/identity-provider.js';
import { Skipped } from '../suite/conformance-case.js';
import type { Client } from './client.js';

/** What may be wrong with an ID token that is pushed as a claim token. */
export type Flaw = 'expired' | 'badly-signed' | 'unsigned' | 'of-unknown-issuer' | 'for-other-audience';

/** Where the claim tokens of a run come from. */
export abstract class ClaimTokens {
  /** For the operator: whose claim tokens these are. */
  abstract readonly source: string;
  /** Who asks for access in most cases. */
  abstract readonly bob: Identity;
  /** Who never gets any. */
  abstract readonly mallory: Identity;

  /** An ID token that the client may push. */
  abstract good(person: Identity, client: Client): Promise<string>;

  /**
   * An ID token that must not be believed.
   *
   * @param other a client for which it is not
   * @throws Skipped when this source cannot make it
   */
  abstract flawed(flaw: Flaw, person: Identity, client: Client, other: Client): Promise<string>;

  /** Makes two requests push the very same token. @throws Skipped when it has no `jti` to tell it by */
  abstract withJti(person: Identity, client: Client): Promise<string>;
}

/** Claim tokens by the identity provider that the suite brings itself. */
export class OwnProviderClaimTokens extends ClaimTokens {
  override readonly source = 'the suite’s own identity provider';
  override readonly bob: Identity;
  override readonly mallory: Identity;

  /** @param stranger a provider that nobody trusts */
  constructor(
    private readonly provider: IdentityProvider,
    private readonly stranger: IdentityProvider,
  ) {
    super();
    this.bob = provider.person('Bob');
    this.mallory = provider.person('Mallory');
  }

  override good(person: Identity, client: Client): Promise<string> {
    return this.provider.idToken(person, client.id);
  }

  override async flawed(flaw: Flaw, person: Identity, client: Client, other: Client): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    switch (flaw) {
      case 'expired':
        return this.provider.idToken(person, client.id, { iat: now - 900, exp: now - 600, auth_time: now - 900 });
      case 'badly-signed':
        return this.provider.badlySigned(person, client.id);
      case 'unsigned':
        return this.provider.unsigned(person, client.id);
      case 'of-unknown-issuer':
        return this.stranger.idToken({ ...person, issuer: this.stranger.issuer }, client.id);
      case 'for-other-audience':
        return this.provider.idToken(person, other.id);
    }
  }

  override withJti(person: Identity, client: Client): Promise<string> {
    return this.provider.idToken(person, client.id);
  }
}

/** How somebody signs in at the authorization server under test. @returns an ID token for the client */
export type SignInAtServer = (person: 'bob' | 'mallory', client: Client) => Promise<string>;

/** Claim tokens by the authorization server under test itself: the ID tokens of people who sign in there. */
export class SignInClaimTokens extends ClaimTokens {
  override readonly source = 'the authorization server itself';

  static async begin(signIn: SignInAtServer, client: Client, stranger: IdentityProvider): Promise<SignInClaimTokens> {
    const people = await Promise.all([signIn('bob', client), signIn('mallory', client)]);
    const [bob, mallory] = people.map(identityOf);
    if (bob === undefined || mallory === undefined) throw new Error('Nobody signed in.');
    return new SignInClaimTokens(bob, mallory, signIn, stranger);
  }

  private constructor(
    override readonly bob: Identity,
    override readonly mallory: Identity,
    private readonly signIn: SignInAtServer,
    private readonly stranger: IdentityProvider,
  ) {
    super();
  }

  override good(person: Identity, client: Client): Promise<string> {
    return this.signIn(person.subject === this.bob.subject ? 'bob' : 'mallory', client);
  }

  override async flawed(flaw: Flaw, person: Identity, client: Client, other: Client): Promise<string> {
    switch (flaw) {
      case 'expired':
        throw new Skipped('The authorization server’s own ID tokens do not expire while the suite runs.');
      case 'badly-signed':
        return withForeignSignature(await this.good(person, client));
      case 'unsigned':
        return withoutSignature(await this.good(person, client));
      case 'of-unknown-issuer':
        return this.stranger.idToken({ ...person, issuer: this.stranger.issuer }, client.id);
      case 'for-other-audience':
        return this.good(person, other);
    }
  }

  override async withJti(person: Identity, client: Client): Promise<string> {
    const token = await this.good(person, client);
    if (decodeJwt(token).jti === undefined) throw new Skipped('The ID tokens have no jti.');
    return token;
  }
}

function identityOf(idToken: string): Identity {
  const { iss = '', sub = '', email, name } = decodeJwt(idToken);
  return { issuer: iss, subject: sub, email: text(email), name: text(name) };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
