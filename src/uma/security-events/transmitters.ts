import type { Transmitter } from './transmitter.js';

/** The authorization servers that tell of their tokens, by issuer. */
export abstract class Transmitters {
  abstract find(issuer: string): Transmitter | undefined;
  abstract all(): readonly Transmitter[];
}
