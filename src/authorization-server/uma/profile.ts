import { MOST_PENDING } from './access-requests.js';
import { CLAIMS_JWT_FORMAT } from './claim-tokens/claims-jwt.format.js';
import { RECENT_SIGN_IN_ACR } from './claims-interaction/account-claims.js';
import { REMEMBERED_POLLS } from './former-polls.js';
import { FIRST_POLL_SECONDS, LONGEST_POLL_SECONDS, SUBMITTED_TICKET_SECONDS } from './polling.js';
import { MAX_JWT_BYTES } from './rpt-writer.js';
import type { UmaOptions } from './uma-options.js';
import { ID_TOKEN_CLAIM_FORMATS } from '../../uma/protocol/constants.js';

/** One answer to a question that the standards leave open. */
export class ProfileChoice {
  /** What the choice is about: a name that does not change. */
  readonly id!: string;

  /** The clauses that leave it open. */
  readonly clauses!: readonly string[];

  /** What this server does, for programs. */
  readonly value!: unknown;

  /** What this server does, for people. */
  readonly about!: string;
}

type Settings = Pick<
  UmaOptions,
  'claimLifetimeSeconds' | 'partialGrants' | 'refreshLifetimeSeconds' | 'rptLifetimeSeconds' | 'ticketLifetimeSeconds'
>;

const choice = (id: string, clauses: string, value: unknown, about: string): ProfileChoice => ({
  id,
  clauses: clauses.split(' '),
  value,
  about,
});

/**
 * How this server answers every question that UMA 2.0 leaves to it.
 *
 * @see UMA 2.0 Grant sections 2 (`uma_profiles_supported`) and 4
 */
export function profileChoices(settings: Settings): readonly ProfileChoice[] {
  return [
    ...ofTickets(settings),
    ...ofGrants(settings),
    ...ofClaims(settings),
    ...ofInteraction(),
    ...ofTokens(settings),
    ...ofProtection(),
  ];
}

function ofTickets({ ticketLifetimeSeconds }: Settings): readonly ProfileChoice[] {
  return [
    choice('ticket-lifetime-seconds', 'GRANT-5.5-e', ticketLifetimeSeconds, 'A resource server may register less.'),
    choice(
      'submitted-ticket-lifetime-seconds',
      'GRANT-5.5-e',
      SUBMITTED_TICKET_SECONDS,
      'While the owner is being asked.',
    ),
    choice('ticket-format', 'GRANT-5.5-f', 'reference', '256 random bits; a digest of them is stored.'),
    choice(
      'ticket-binding',
      'GRANT-5.5-b',
      'first-client',
      'The client that presents the first ticket has the process.',
    ),
    choice(
      'ticket-replay',
      'GRANT-5.5-d',
      'revoke-process',
      `A second presentation at the token endpoint ends everything that came out of the process. Of the tickets of polls the last ${REMEMBERED_POLLS} are remembered.`,
    ),
    choice(
      'ticket-kept-when-request-fails-early',
      'GRANT-5.5-b',
      ['invalid_client', 'invalid_request', 'unauthorized_client', 'invalid_dpop_proof'],
      'With these errors the ticket was not presented, and stays good.',
    ),
    choice('tickets-of-deregistered-resources', 'GRANT-3.3.6-a', 'invalid_grant', 'The whole ticket is worth nothing.'),
  ];
}

function ofGrants({ partialGrants }: Settings): readonly ProfileChoice[] {
  return [
    choice('partial-grants', 'GRANT-3.3.4-f', partialGrants, 'How much of a request must be permitted for a token.'),
    choice(
      'default-decision',
      'GRANT-5.6',
      'deny',
      'No policy is no permit; deny overrides; all scope policies must permit.',
    ),
    choice('empty-scopes', 'GRANT-5.6 FED-4.1-c', 'explicit-permit', 'A permission without scopes takes a share, too.'),
    choice(
      'refused-scope-order',
      'GRANT-3.3.6',
      ['deny', 'need_info', 'request_submitted'],
      'What is hopeless is said at once.',
    ),
    ...ofPolling(),
    choice(
      'scopes-without-registration',
      'GRANT-3.3.4-b',
      'ignore',
      'A scope that the client is not registered for counts for nothing.',
    ),
    choice('scope-of-no-resource', 'GRANT-3.3.6-b', 'invalid_scope', 'No new ticket comes with it.'),
    choice(
      'resource-indicator',
      'SEC-1',
      'compare',
      '`resource` is compared with the resource server of the ticket, and returned; a resource server may require it.',
    ),
  ];
}

function ofPolling(): readonly ProfileChoice[] {
  return [
    choice(
      'request-answered-in-part',
      'GRANT-3.3.4-f GRANT-3.3.6-e',
      'grant-part',
      'Whoever has waited for the owner gets what the owner allowed.',
    ),
    choice('poll-interval-seconds', 'GRANT-3.3.6-e', FIRST_POLL_SECONDS, 'Told with the first request_submitted.'),
    choice(
      'longest-poll-interval-seconds',
      'GRANT-3.3.6-e',
      LONGEST_POLL_SECONDS,
      'Each wait is a second longer; after a poll that comes too early it is twice as long.',
    ),
    choice(
      'pending-access-requests',
      'GRANT-3.3.6-e',
      MOST_PENDING,
      'So many of one client wait for one owner at most; more is request_denied.',
    ),
    choice('early-poll', 'GRANT-3.3.6-e', 'request_submitted', 'It gets a new ticket all the same.'),
  ];
}

function ofClaims({ claimLifetimeSeconds }: Settings): readonly ProfileChoice[] {
  return [
    choice(
      'claim-token-formats',
      'GRANT-3.3.1-i GRANT-2-d',
      [...ID_TOKEN_CLAIM_FORMATS, CLAIMS_JWT_FORMAT],
      'ID tokens, and signed claims JWTs made for this server.',
    ),
    choice(
      'claim-tokens-per-request',
      'GRANT-3.3.1-c',
      1,
      'Several are pushed one after the other, each with the next ticket.',
    ),
    choice('claim-token-encoding', 'GRANT-3.3.1-c', ['compact', 'base64url'], 'A token without dots is decoded once.'),
    choice(
      'other-issuers-people',
      'GRANT-3.3.1-i SEC-4',
      'configured-issuers',
      'The word of an issuer in CLAIM_ISSUERS (`sub_id`) identifies anybody, accounts here included; others speak of their own.',
    ),
    choice('claim-token-replay', 'SEC-10', 'jti-once', 'A token with a jti is good for one use.'),
    choice('claim-lifetime-seconds', 'GRANT-3.3.4-g', claimLifetimeSeconds, 'Older claims have to be proved anew.'),
    choice(
      'other-person',
      'GRANT-5.2-d',
      'replace',
      'Claims of another person take the place of those before; they are never mixed.',
    ),
  ];
}

function ofInteraction(): readonly ProfileChoice[] {
  return [
    choice(
      'pct',
      'GRANT-3.3.5-b GRANT-6.2-a',
      'with-consent',
      'Claims are kept when the requesting party agrees to it: the box that says so comes ticked for who ticked it before. Who unticks it is forgotten.',
    ),
    choice('pct-rotation', 'GRANT-3.3.5-b', 'each-success', 'The one before is good for nothing then.'),
    choice('unknown-pct-or-rpt', 'GRANT-5.2-b GRANT-3.3.5.1-a', 'ignore', 'It is as if it had not been sent.'),
    choice('claims-redirect-uris', 'GRANT-3.3.2-e', 'registered', 'Compared as plain strings.'),
    choice('cancelled-interaction', 'GRANT-3.3.3-e', 'access_denied', 'The process is over; there is no ticket.'),
    choice('interaction-issuer', 'GRANT-3.3.3-c', 'iss', 'The answer carries `iss` (RFC 9207).'),
    choice(
      'step-up',
      'GRANT-3.3.6-c',
      [RECENT_SIGN_IN_ACR],
      'Values of `acr` that a share can require; met in the interaction.',
    ),
  ];
}

function ofTokens({ refreshLifetimeSeconds, rptLifetimeSeconds }: Settings): readonly ProfileChoice[] {
  return [
    choice('rpt-lifetime-seconds', 'GRANT-3.3.5-a', rptLifetimeSeconds, 'A resource server may register less.'),
    choice(
      'rpt-formats',
      'FED-5-a',
      ['reference', 'at+jwt'],
      `A resource server may register for JWTs; up to ${MAX_JWT_BYTES} bytes.`,
    ),
    choice(
      'rpt-binding',
      'GRANT-5.3',
      ['none', 'dpop'],
      'Bound to a key when the client proves to hold one (RFC 9449).',
    ),
    choice(
      'upgrade',
      'GRANT-3.3.5.1-a',
      'new-token',
      'Of the same requesting party, client, owner, resource server and key; what is carried over ends when the revoked one would have.',
    ),
    choice(
      'refresh',
      'GRANT-3.6-a',
      'registered-grant-type',
      'For clients that registered the grant type refresh_token.',
    ),
    choice('refresh-lifetime-seconds', 'GRANT-3.6-c', refreshLifetimeSeconds, 'Counted from the assessment.'),
    choice(
      'refresh-rotation',
      'GRANT-3.6-a',
      'predecessor-until-successor-used',
      'An older one, used again, ends everything.',
    ),
    choice('revocable', 'GRANT-3.7', ['access_token', 'refresh_token', 'pct'], 'At the revocation endpoint.'),
  ];
}

function ofProtection(): readonly ProfileChoice[] {
  return [
    choice('resource-list', 'FED-3.2.5', 'owner-and-resource-server', 'A PAT sees what it registered itself.'),
    choice('foreign-resources', 'FED-3.2-b', 'not_found', 'What belongs to others seems not to exist.'),
    choice('empty-permission-request', 'FED-4.1-a', 'invalid_request', 'An array has one permission at least.'),
    choice(
      'deregistered-scopes',
      'FED-5.1.1-b',
      'shrink',
      'Tokens lose them for good; registering again brings nothing back.',
    ),
    choice('introspection-caller', 'FED-5.1-a', 'pat', 'A token of another owner or resource server is inactive.'),
    choice(
      'introspection-subject',
      'FED-5.1.1-a',
      'pairwise',
      'Each resource server knows a requesting party by another name.',
    ),
    choice(
      'audience',
      'FED-5.1.1-a',
      'resource',
      'The identifier that the resource server registered, else its client id.',
    ),
  ];
}
