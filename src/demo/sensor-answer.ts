/** What became of the measurements of one message, or of several; the three counts add up to their number. */
export interface IngestCounts {
  readonly stored: number;
  readonly duplicate: number;
  readonly refused: number;
}

/** One measurement that the resource server refused. */
export interface Refusal {
  /** Its place in the message, from 0. */
  readonly index: number;
  /** A code, for instance `value_out_of_range`. */
  readonly reason: string;
}

/** The resource server took the message; what it stored is on its disk. */
export interface Acknowledgement extends IngestCounts {
  readonly refusals: readonly Refusal[];
}

/** The resource server took nothing of the message. */
export interface MessageRefusal {
  readonly error: string;
  readonly description: string;
}

/**
 * Reads the resource server's answer to a message.
 *
 * @param sent how many measurements the message carried
 * @returns `undefined` when it is no answer that accounts for all of them
 */
export function readAnswer(answer: unknown, sent: number): Acknowledgement | MessageRefusal | undefined {
  if (!isObject(answer)) return undefined;
  const { stored, duplicate, refused, error } = answer;
  if (typeof error === 'string') return { error, description: textOf(answer['error_description']) };
  if (!isCount(stored) || !isCount(duplicate) || !isCount(refused)) return undefined;
  if (stored + duplicate + refused !== sent) return undefined;
  return { stored, duplicate, refused, refusals: refusalsOf(answer['refusals']) };
}

function refusalsOf(refusals: unknown): readonly Refusal[] {
  if (!Array.isArray(refusals)) return [];
  return refusals
    .filter(isObject)
    .flatMap(({ index, reason }) => (isCount(index) ? [{ index, reason: textOf(reason) }] : []));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
