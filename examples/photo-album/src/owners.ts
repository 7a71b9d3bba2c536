import { Inject, Injectable } from '@nestjs/common';
import * as client from 'openid-client';
import { PatSource, type ResourceOwner, Secret } from 'pulsegate/uma';

import { SETTINGS, type Settings } from './settings.js';

/** What the album may do on behalf of an owner. */
interface Kept {
  /** Protection API access token. */
  readonly pat: Secret;
  readonly refreshToken: string | undefined;
}

const SCOPE = 'openid uma_protection offline_access';

/**
 * The owners of photos, who sign in once: from then on the album has a protection API access token (PAT) of theirs, with
 * which the guard gets permission tickets and asks about tokens. In memory, because this is an example; in your database
 * these tokens are sealed.
 */
@Injectable()
export class Owners extends PatSource {
  private readonly kept = new Map<string, Kept>();
  private readonly renewals = new Map<string, Promise<Secret | undefined>>();
  private configuration: client.Configuration | undefined;

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {
    super();
  }

  patOf({ subject }: ResourceOwner): Promise<Secret | undefined> {
    return Promise.resolve(this.kept.get(subject)?.pat);
  }

  has({ subject }: ResourceOwner): Promise<boolean> {
    return Promise.resolve(this.kept.has(subject));
  }

  /** Several calls may find out at once that a PAT is used up: the refresh token is spent once for all of them. */
  async renew({ subject }: ResourceOwner, rejected: Secret): Promise<Secret | undefined> {
    const kept = this.kept.get(subject);
    if (kept !== undefined && kept.pat.reveal() !== rejected.reveal()) return kept.pat;
    const running = this.renewals.get(subject) ?? this.refresh(subject, kept?.refreshToken);
    this.renewals.set(subject, running);
    return running.finally(() => this.renewals.delete(subject));
  }

  /** Where an owner signs in and lets the album protect her photos. */
  async signInUrl(state: string, verifier: string): Promise<URL> {
    return client.buildAuthorizationUrl(await this.discovered(), {
      redirect_uri: `${this.settings.url}/callback`,
      scope: SCOPE,
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      prompt: 'consent',
    });
  }

  /** @param back the address at which the owner came back. @returns who she is */
  async signedIn(back: URL, state: string, verifier: string): Promise<ResourceOwner> {
    const checks = { expectedState: state, pkceCodeVerifier: verifier, idTokenExpected: true };
    const tokens = await client.authorizationCodeGrant(await this.discovered(), back, checks);
    const subject = tokens.claims()?.sub ?? '';
    this.keep(subject, tokens);
    return { issuer: this.settings.issuer, subject };
  }

  private async refresh(subject: string, refreshToken: string | undefined): Promise<Secret | undefined> {
    if (refreshToken === undefined) return undefined;
    try {
      const tokens = await client.refreshTokenGrant(await this.discovered(), refreshToken);
      return this.keep(subject, { refresh_token: refreshToken, ...tokens });
    } catch (error) {
      // She took the album's access back; else the authorization server is away, and this is tried again later.
      if (error instanceof client.ResponseBodyError && error.error === 'invalid_grant') this.kept.delete(subject);
      return undefined;
    }
  }

  private keep(subject: string, tokens: Pick<client.TokenEndpointResponse, 'access_token' | 'refresh_token'>): Secret {
    const pat = new Secret(tokens.access_token);
    this.kept.set(subject, { pat, refreshToken: tokens.refresh_token });
    return pat;
  }

  private async discovered(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.settings;
    // Plain http is for this machine alone.
    const execute = new URL(issuer).hostname === 'localhost' ? [client.allowInsecureRequests] : [];
    const authentication = client.ClientSecretBasic(clientSecret);
    this.configuration ??= await client.discovery(new URL(issuer), clientId, undefined, authentication, { execute });
    return this.configuration;
  }
}
