import type { RefusalReason } from './refusal-reason.js';

/** One refused item of a message. */
export class Refusal {
  /** Its place in the message, from 0; a single measurement has place 0. */
  readonly index!: number;
  readonly reason!: RefusalReason;
}

/** What became of the measurements of one message. The three counts add up to their number. */
export class Acknowledgement {
  /** Measurements that are now on the disk. */
  readonly stored!: number;
  /** Measurements for an instant, by the sensor's own clock, of which its value is stored already; that value stays. */
  readonly duplicate!: number;
  readonly refused!: number;
  /** Present when something was refused. */
  readonly refusals?: Refusal[];
}
