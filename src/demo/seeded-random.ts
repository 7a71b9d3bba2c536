/** A repeatable source of chance: the same seed gives the same numbers, so that a simulation can be tested. Never for secrets. */
export class SeededRandom {
  #state: number;

  /** @param seed any integer; its low 32 bits count */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The next number, evenly spread over [0, 1). This is the generator known as mulberry32. */
  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** The next number, evenly spread between `low` and `high`. */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** The next number of the normal distribution with mean 0 and deviation 1, by the Box-Muller transform. */
  normal(): number {
    // 1 - uniform() is never 0, whose logarithm would be infinite.
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
}
