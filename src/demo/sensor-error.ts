/** Why a sensor can send no more. */
const MESSAGES = {
  unauthorized: 'does not accept the credential of this sensor',
  refused: 'refuses what this sensor sends',
  unintelligible: 'answered with something that accounts for no measurement',
  closed: 'is not connected any more: this sensor was closed',
} as const;

/** Code of a {@link SensorError}. */
export type SensorErrorCode = keyof typeof MESSAGES;

/** A sensor gave up for good; a connection that merely breaks is no error, the sensor makes it anew. */
export class SensorError extends Error {
  override readonly name = 'SensorError';

  /**
   * @param url the resource server's base URL
   * @param detail what the resource server said
   */
  constructor(
    readonly code: SensorErrorCode,
    url: string,
    detail?: string,
  ) {
    super(`The resource server at ${url} ${MESSAGES[code]}${detail === undefined ? '' : ` (${detail})`}.`);
  }
}
