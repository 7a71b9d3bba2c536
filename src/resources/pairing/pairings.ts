import { Inject, Injectable } from '@nestjs/common';

import { AUTH_OPTIONS, type AuthOptions } from '../../auth/auth.options.js';
import { DeviceLogin } from '../../auth/device-login.js';
import type { DeviceAuthorization } from '../../auth/device-grant.js';
import { openSealed } from '../../auth/open-sealed.js';
import type { SignIn } from '../../auth/openid-provider.js';
import { Clock } from '../../common/clock.js';
import { digest } from '../../common/digest.js';
import { randomHandle } from '../../common/randomness.js';
import { Sealer } from '../../common/sealing.js';
import { Secret } from '../../common/secret.js';
import type { PairingTable } from '../../database/resource-server/pairings.js';
import { type Sensor, Sensors } from '../../measurements/sensors.js';
import { UmaError } from '../../uma/protocol/uma-error.js';
import { OwnerAccess } from '../owner-access.js';
import { PairingRefusal } from './pairing-refusal.js';
import { PairingStore } from './pairing-store.js';
import { newUserCode } from './user-code.js';

/** How many pairings may be open: whoever begins more than people can let in fills up the database. */
export const MAX_OPEN = 10_000;
const LIFETIME_SECONDS = 600;
const LONGEST_LIFETIME_SECONDS = 3600;
const INTERVAL_SECONDS = 5;
/** How much slower a sensor has to ask that is told to slow down. @see RFC 8628 section 3.5 */
const SLOWER_MS = 5_000;

/** What a sensor shows to its owner, and asks with. */
export interface BegunPairing extends Omit<DeviceAuthorization, 'deviceCode'> {
  readonly handle: Secret;
}

/** A sensor that was let in, and what it sends with. */
export interface PairedSensor {
  readonly sensor: Sensor;
  readonly credential: Secret;
}

/**
 * Sensors that come without a credential and get one by their owner's word. She gives it at her authorization server, of
 * which this one asks for a device, or, where that has no devices, on a page here.
 *
 * @see RFC 8628
 */
@Injectable()
export class Pairings {
  private readonly sealer: Sealer;

  constructor(
    private readonly store: PairingStore,
    private readonly logins: DeviceLogin,
    private readonly access: OwnerAccess,
    private readonly sensors: Sensors,
    private readonly clock: Clock,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {
    this.sealer = new Sealer(options.secretKey, 'pairing');
  }

  /**
   * Begins to pair a sensor.
   *
   * @param name what it calls itself
   * @param issuer of its owner's authorization server; the main one's when left out
   * @throws UmaError `invalid_request` for an authorization server that is not asked here, `temporarily_unavailable` when
   * it does not answer or too many sensors wait
   */
  async begin(name: string, issuer?: string): Promise<BegunPairing> {
    if ((await this.store.open()) >= MAX_OPEN)
      throw new UmaError('temporarily_unavailable', 'Too many sensors wait for their owners.');
    const { issuer: asked, authorization } = await this.logins.begin(issuer);
    const { deviceCode, ...shown } = authorization ?? this.ownAuthorization();
    const handle = randomHandle();
    const lifetimeSeconds = Math.min(shown.lifetimeSeconds, LONGEST_LIFETIME_SECONDS);
    const nowMs = this.clock.nowMs();
    await this.store.add({
      id: digest(handle),
      issuer: asked,
      name,
      user_code: deviceCode === undefined ? digest(shown.userCode) : null,
      device_code: deviceCode === undefined ? null : this.sealer.seal(deviceCode.reveal()),
      interval_ms: shown.intervalSeconds * 1000,
      due_ms: nowMs,
      expires_ms: nowMs + lifetimeSeconds * 1000,
    });
    return { ...shown, lifetimeSeconds, handle: new Secret(handle) };
  }

  /**
   * Gives a sensor its credential, once its owner has let it in. It may ask again for one that was lost on its way: until
   * it has sent something it gets another one, and the one before is good for nothing.
   *
   * @throws PairingRefusal when there is none (yet), UmaError when the authorization server does not answer
   */
  async collect(handle: string): Promise<PairedSensor> {
    const id = digest(handle);
    const pairing = await this.store.take(id);
    if (pairing === undefined) throw await this.refusalOf(id);
    try {
      return await this.answer(pairing);
    } finally {
      await this.store.putBack(id);
    }
  }

  /** A code of our own, for an owner whose authorization server lets us have no devices. */
  private ownAuthorization(): Omit<DeviceAuthorization, 'deviceCode'> & { readonly deviceCode?: Secret } {
    const userCode = newUserCode();
    const verificationUri = `${this.options.baseUrl}/pair`;
    return {
      userCode,
      verificationUri,
      verificationUriComplete: `${verificationUri}?user_code=${userCode}`,
      lifetimeSeconds: LIFETIME_SECONDS,
      intervalSeconds: INTERVAL_SECONDS,
    };
  }

  private async refusalOf(id: string): Promise<PairingRefusal> {
    const pairing = await this.store.find(id);
    if (pairing === undefined) return new PairingRefusal('invalid_grant');
    return new PairingRefusal(this.store.isOver(pairing) ? 'expired_token' : 'slow_down');
  }

  private answer(pairing: PairingTable): Promise<PairedSensor> {
    const { state, resource_id: resourceId, device_code: deviceCode } = pairing;
    if (state === 'denied') throw new PairingRefusal('access_denied');
    if (resourceId !== null) return this.handOut(pairing, resourceId);
    if (deviceCode === null) throw new PairingRefusal('authorization_pending');
    return this.askServer(pairing, deviceCode);
  }

  private async askServer(pairing: PairingTable, sealed: string): Promise<PairedSensor> {
    const { id, issuer, interval_ms: intervalMs } = pairing;
    const deviceCode = openSealed(this.sealer, sealed);
    const outcome =
      deviceCode === undefined ? ({ kind: 'expired' } as const) : await this.logins.ask(issuer, new Secret(deviceCode));
    switch (outcome.kind) {
      case 'signed-in':
        return this.letIn(pairing, outcome.signIn);
      case 'pending':
        throw new PairingRefusal('authorization_pending');
      case 'slow-down':
        await this.store.note(id, { interval_ms: intervalMs + SLOWER_MS });
        throw new PairingRefusal('slow_down');
      case 'denied':
        await this.store.note(id, { state: 'denied', device_code: null });
        throw new PairingRefusal('access_denied');
      case 'expired':
        await this.store.note(id, { expires_ms: this.clock.nowMs(), device_code: null });
        throw new PairingRefusal('expired_token');
    }
  }

  /** The authorization server says who the owner is this once: that is noted before anything else. */
  private async letIn(pairing: PairingTable, signIn: SignIn): Promise<PairedSensor> {
    const { id: resourceId } = await this.access.ensureResource(signIn.person);
    await this.store.note(pairing.id, { state: 'approved', resource_id: resourceId, device_code: null });
    await this.logins.welcome(signIn);
    return this.handOut(pairing, resourceId);
  }

  private async handOut({ id, name, sensor_id: before }: PairingTable, resourceId: string): Promise<PairedSensor> {
    if (before !== null && !(await this.sensors.takeBack(resourceId, before)))
      throw new PairingRefusal('invalid_grant');
    const made = await this.sensors.create(resourceId, name);
    await this.store.note(id, { sensor_id: made.sensor.id });
    return made;
  }
}
