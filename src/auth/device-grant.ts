import { Logger } from '@nestjs/common';
import {
  type Configuration,
  genericGrantRequest,
  initiateDeviceAuthorization,
  ResponseBodyError,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
  WWWAuthenticateChallengeError,
} from 'openid-client';

import { Secret } from '../common/secret.js';
import { UmaError } from '../uma/protocol/uma-error.js';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';
/** What the standard has a device wait for when the authorization server does not say. */
const INTERVAL_SECONDS = 5;

const logger = new Logger('DeviceGrant');

/** A device that waits for its person, and what the person needs to let it in. @see RFC 8628 section 3.2 */
export interface DeviceAuthorization {
  /** What the device is asked about with; the person never sees it. */
  readonly deviceCode: Secret;
  readonly userCode: string;
  /** Where the person types the code. */
  readonly verificationUri: string;
  /** The same with the code filled in, when the authorization server has that. */
  readonly verificationUriComplete?: string;
  readonly lifetimeSeconds: number;
  readonly intervalSeconds: number;
}

/** Why there are no tokens for a device: its person has not answered, said no, or the code is good no more. */
export interface DeviceRefusal {
  readonly kind: 'pending' | 'slow-down' | 'denied' | 'expired';
}

/** Tokens for a device whose person has let it in. */
export interface DeviceTokens {
  readonly kind: 'tokens';
  readonly response: TokenEndpointResponse & TokenEndpointResponseHelpers;
}

const REFUSALS: Readonly<Record<string, DeviceRefusal['kind']>> = {
  authorization_pending: 'pending',
  slow_down: 'slow-down',
  access_denied: 'denied',
  expired_token: 'expired',
  invalid_grant: 'expired',
};

/**
 * Asks an authorization server to let a device in.
 *
 * @param scope scopes to ask for, separated by spaces
 * @returns `undefined` when it has no place for that, or refuses it to this client
 * @see RFC 8628 section 3.1
 */
export async function authorizeDevice(
  configuration: Configuration,
  scope: string,
): Promise<DeviceAuthorization | undefined> {
  const { device_authorization_endpoint: endpoint, issuer } = configuration.serverMetadata();
  if (endpoint === undefined) return undefined;
  try {
    const answer = await initiateDeviceAuthorization(configuration, { scope });
    const { verification_uri_complete: complete, interval = INTERVAL_SECONDS } = answer;
    return {
      deviceCode: new Secret(answer.device_code),
      userCode: answer.user_code,
      verificationUri: answer.verification_uri,
      ...(complete !== undefined && { verificationUriComplete: complete }),
      lifetimeSeconds: Math.floor(answer.expires_in),
      intervalSeconds: Math.ceil(interval),
    };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    logger.warn(`${issuer} lets this client have no devices, though it has an endpoint for them.`);
    return undefined;
  }
}

/** Asks an authorization server what became of a device, once. @see RFC 8628 sections 3.4 and 3.5 */
export async function redeemDeviceCode(
  configuration: Configuration,
  deviceCode: Secret,
): Promise<DeviceTokens | DeviceRefusal> {
  try {
    const parameters = { device_code: deviceCode.reveal() };
    return { kind: 'tokens', response: await genericGrantRequest(configuration, GRANT_TYPE, parameters) };
  } catch (error) {
    const kind = error instanceof ResponseBodyError ? REFUSALS[error.error] : undefined;
    if (kind !== undefined) return { kind };
    if (!(error instanceof WWWAuthenticateChallengeError)) throw error;
    throw new UmaError('server_error', 'The authorization server does not know this one as a client.');
  }
}

/** It has understood, and says no; too much to do is another matter. */
function isRefusal(error: unknown): boolean {
  const hasAnswered = error instanceof ResponseBodyError || error instanceof WWWAuthenticateChallengeError;
  return hasAnswered && error.status < 500 && error.status !== 429;
}
