import { ApiProperty } from '@nestjs/swagger';

import { UmaError } from '../../uma/protocol/uma-error.js';
import type { Grantee, Share } from '../policy/share.js';
import { CLAIM_VALUE } from './claim-value.schema.js';

const FIRST_MS = Date.parse('0000-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** A claim that somebody must have to be meant by a share. */
export class RequiredClaimView {
  readonly name!: string;
  @ApiProperty(CLAIM_VALUE)
  readonly value!: string | number | boolean;
  readonly issuer!: string;
}

/** With whom something is shared: `issuer` and `subject` of a person, or `email`, or `claims`. */
export class GranteeView {
  readonly issuer?: string;
  readonly subject?: string;
  readonly email?: string;
  readonly claims?: RequiredClaimView[];
}

/** A share as the owner API shows it; times are RFC 3339, in UTC, and `null` is no limit. */
export class ShareView {
  readonly id!: string;
  readonly resourceId?: string;
  /** Instead of one resource: all of a type. */
  readonly resourceType?: string;
  readonly scopes!: string[];
  readonly grantee!: GranteeView;
  readonly clients!: string[] | null;
  readonly purposes!: string[] | null;
  readonly paused!: boolean;
  readonly startsAt!: string | null;
  readonly expiresAt!: string | null;
  readonly createdAt!: string;
}

/** Writes a share for the owner API. */
export function viewOf(share: Share): ShareView {
  const { id, target, scopes, grantee, clients, purposes, paused, startsMs, expiresMs, createdMs } = share;
  return {
    id,
    ...target,
    scopes: [...scopes],
    grantee: granteeView(grantee),
    clients: clients === undefined ? null : [...clients],
    purposes: purposes === undefined ? null : [...purposes],
    paused,
    startsAt: timestamp(startsMs),
    expiresAt: timestamp(expiresMs),
    createdAt: new Date(createdMs).toISOString(),
  };
}

function granteeView(grantee: Grantee): GranteeView {
  switch (grantee.kind) {
    case 'person':
      return grantee.person;
    case 'email':
      return { email: grantee.email };
    case 'claims':
      return { claims: [...grantee.claims] };
  }
}

function timestamp(instantMs: number | undefined): string | null {
  return instantMs === undefined ? null : new Date(instantMs).toISOString();
}

/**
 * Milliseconds of an RFC 3339 time that may be left out.
 *
 * @throws UmaError `invalid_request` when there is no such day or hour, or when it could not be shown
 */
export function instantOf(text: string | null | undefined): number | undefined {
  if (text === undefined || text === null) return undefined;
  const instantMs = Date.parse(text);
  if (!isShowable(instantMs)) throw new UmaError('invalid_request', 'There is no such time.');
  return instantMs;
}

/** Whether RFC 3339 can write an instant in UTC: a year has four digits. */
export function isShowable(instantMs: number): boolean {
  return instantMs >= FIRST_MS && instantMs <= LAST_MS;
}
