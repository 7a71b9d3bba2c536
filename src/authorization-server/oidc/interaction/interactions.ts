import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';
import type { Interaction, InteractionResults } from 'oidc-provider';

import { scopesOf } from '../../../uma/protocol/scopes.js';
import { ENDPOINTS } from '../../endpoints.js';
import { FormTokens } from '../form-tokens.js';
import { basePathOf, OIDC_OPTIONS, OIDC_PROVIDER, type OidcOptions } from '../oidc.options.js';
import { errors } from '../oidc-provider.js';
import { addressAs } from '../provider/provider.middleware.js';
import { PROVIDER_SCOPES } from '../scopes.js';
import { ForgedFormError, InteractionGoneError } from './interaction-errors.js';
import type { InteractionView } from './interaction-view.js';

/** The request and reply of one visit to a page. */
export interface Visit {
  readonly request: FastifyRequest<{ Params: { uid: string } }>;
  readonly reply: FastifyReply;
}

/** What the person is asked at the moment. */
export type Question = 'login' | 'consent';

/** The conversations with people that the provider has begun: what is asked, and how it is answered. */
@Injectable()
export class Interactions {
  constructor(
    @Inject(OIDC_PROVIDER) private readonly provider: Provider,
    @Inject(OIDC_OPTIONS) private readonly options: OidcOptions,
    private readonly formTokens: FormTokens,
  ) {}

  /**
   * The interaction that a visit belongs to, by its cookie and its address.
   *
   * @throws InteractionGoneError when it has ended, expired, or was begun in another browser
   */
  async find({ request, reply }: Visit): Promise<Interaction> {
    addressAs(this.options.issuer, request.raw);
    try {
      const interaction = await this.provider.interactionDetails(request.raw, reply.raw);
      if (interaction.uid === request.params.uid) return interaction;
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
    }
    throw new InteractionGoneError();
  }

  /**
   * The interaction that a form answers.
   *
   * @param question what the form has to be about; any when left out
   * @throws InteractionGoneError as {@link find}, and when something else is asked by now
   * @throws ForgedFormError when the form did not come from our page
   */
  async answeredBy(visit: Visit, token: string, question?: Question): Promise<Interaction> {
    const interaction = await this.find(visit);
    if (!this.formTokens.isOf(interaction.uid, token)) throw new ForgedFormError();
    if (question !== undefined && interaction.prompt.name !== question) throw new InteractionGoneError();
    return interaction;
  }

  /** Stores the person's answer. @returns where the browser has to go on */
  finish({ request, reply }: Visit, result: InteractionResults, merge: boolean): Promise<string> {
    return this.provider.interactionResult(request.raw, reply.raw, result, { mergeWithLastSubmission: merge });
  }

  /**
   * Signs the person out in this browser and asks for the same as before, whoever comes next. The request itself is not
   * sent anew: it may have been pushed, or be a device's.
   *
   * @returns where the browser has to go on
   */
  async startAgain({ request, reply }: Visit, interaction: Interaction): Promise<string> {
    const session = await this.provider.Session.get(this.provider.createContext(request.raw, reply.raw));
    await session.destroy();
    interaction.session = undefined;
    interaction.result = undefined;
    await interaction.persist();
    return interaction.returnTo;
  }

  /** Writes down that the person allows what is asked. @returns the identifier of the consent */
  async consent({ grantId, session, params, deviceCode }: Interaction): Promise<string> {
    // A device has a consent of its own: to disconnect one of them must not disconnect all.
    const isKnown = grantId !== undefined && deviceCode === undefined;
    const known = isKnown ? await this.provider.Grant.find(grantId) : undefined;
    const accountId = session?.accountId;
    const clientId = textOf(params['client_id']);
    if (accountId === undefined) throw new InteractionGoneError();
    const grant = known ?? new this.provider.Grant({ accountId, clientId });
    grant.addOIDCScope(requestedScopes(params).join(' '));
    // Who consents anew consents for the whole time anew.
    Reflect.deleteProperty(grant, 'exp');
    return grant.save();
  }

  /** What the pages of an interaction have in common. */
  async view({ uid, params }: Interaction): Promise<InteractionView> {
    const clientId = textOf(params['client_id']);
    const client = await this.provider.Client.find(clientId);
    const basePath = basePathOf(this.options.issuer);
    return {
      basePath,
      action: `${basePath}${ENDPOINTS.interaction}/${uid}`,
      formToken: this.formTokens.of(uid),
      clientName: client?.clientName ?? clientId,
    };
  }
}

/** The scopes that a request asks a person for. */
export function requestedScopes(params: Interaction['params']): readonly string[] {
  return scopesOf(textOf(params['scope'])).filter((scope) => PROVIDER_SCOPES.includes(scope));
}

/** A parameter of the request as text; empty when it is missing. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
