import type { Sensor } from '../../measurements/sensors.js';
import type { OwnedResource } from '../owned-resources.js';

/** A resource as its owner sees it. */
export class ResourceAnswer {
  readonly id!: string;
  readonly name!: string;
  readonly scopes!: string[];
  /** Address of the heart rate, the one to share. */
  readonly url!: string;
  /** RFC 3339. */
  readonly createdAt!: string;
  /** Whether the owner's authorization server knows it, so that it can be shared. */
  readonly registered!: boolean;
  /** Its `_id` at the authorization server, for shares made there. */
  readonly umaResourceId?: string;
  /** Where the owner decides who may see it. */
  readonly policyUri?: string;
}

/** A sensor as its owner sees it. */
export class SensorAnswer {
  readonly id!: string;
  readonly resourceId!: string;
  readonly name!: string;
  /** RFC 3339. */
  readonly createdAt!: string;
  /** RFC 3339; absent before it ever sent something. */
  readonly lastSeenAt?: string;
  /** Charge of its battery in percent, as it last told; absent before it ever did. */
  readonly battery?: number;
  /** Whether it touches the skin, as it last told; absent before it ever did. */
  readonly contact?: boolean;
}

/** A sensor that was just made, with what it needs to send. */
export class NewSensorAnswer extends SensorAnswer {
  /** Shown this once. */
  readonly credential!: string;
}

/** Address of a resource's heart rate. */
export function heartRateUrl(baseUrl: string, { id }: Pick<OwnedResource, 'id'>): string {
  return `${baseUrl}/resources/${id}/heart-rate`;
}

/** What an owner sees of a resource. */
export function resourceAnswer(resource: OwnedResource, baseUrl: string): ResourceAnswer {
  const { id, name, scopes, umaResourceId, policyUri } = resource;
  return {
    id,
    name,
    scopes: [...scopes],
    url: heartRateUrl(baseUrl, resource),
    createdAt: new Date(resource.createdMs).toISOString(),
    registered: umaResourceId !== undefined,
    ...(umaResourceId !== undefined && { umaResourceId }),
    ...(policyUri !== undefined && { policyUri }),
  };
}

/** What an owner sees of a sensor. */
export function sensorAnswer(sensor: Sensor): SensorAnswer {
  const { id, resourceId, name, createdMs, lastSeenMs, battery, contact } = sensor;
  return {
    id,
    resourceId,
    name,
    createdAt: new Date(createdMs).toISOString(),
    ...(lastSeenMs !== undefined && { lastSeenAt: new Date(lastSeenMs).toISOString() }),
    ...(battery !== undefined && { battery }),
    ...(contact !== undefined && { contact }),
  };
}
