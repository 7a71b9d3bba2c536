import { Exertion } from './exertion.js';
import { SeededRandom } from './seeded-random.js';

const SHORTEST_BEAT = 60 / 190;
const LONGEST_BEAT = 60 / 40;
/** A chest strap shows the mean of its last beats, not each single one. */
const BEATS_SHOWN = 5;
/** And it follows a change no faster than this, in bpm per second. */
const STEEPEST_CHANGE = 3;
const DRIFT_SECONDS = 90;
const DRIFT_BPM = 3;

/**
 * A plausible heart under a chest strap, for the demo: it rests, exercises and recovers, breathes (the intervals between
 * beats shorten on breathing in and lengthen on breathing out, more at rest than in exercise) and drifts slowly.
 *
 * It is made of beats, so the series depends on the seed and the time that passed, not on how the time was cut in steps.
 */
export class SimulatedHeart {
  readonly #random: SeededRandom;
  readonly #exertion: Exertion;
  readonly #restingRate: number;
  readonly #reserve: number;
  readonly #lastBeats: number[] = [];
  #drift = 0;
  #breath = 0;
  #shown: number;
  #secondsToNextBeat = 0;

  /** @param seed any integer; the same seed gives the same heart */
  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    this.#restingRate = this.#random.between(58, 68);
    this.#reserve = this.#random.between(165, 180) - this.#restingRate;
    this.#exertion = new Exertion(this.#random);
    this.#shown = this.#restingRate;
  }

  /**
   * Lets time pass and reads the strap.
   *
   * @param seconds how much time passes, more than 0; a strap is read once a second
   * @returns beats per minute, a whole number between 40 and 190
   * @throws RangeError when no time passes, or not a finite one
   */
  next(seconds: number): number {
    if (!(seconds > 0) || !Number.isFinite(seconds)) throw new RangeError('Time must pass between two readings.');
    this.#secondsToNextBeat -= seconds;
    while (this.#secondsToNextBeat <= 0) {
      const interval = this.#beat();
      this.#show(interval);
      this.#secondsToNextBeat += interval;
    }
    return Math.round(this.#shown);
  }

  /** Makes one beat. Returns the interval to the next (the RR interval), in seconds. */
  #beat(): number {
    const { level } = this.#exertion;
    const calm = 1 - level;
    const rate = this.#restingRate + this.#reserve * level + this.#drift;
    const breathing = (0.005 + 0.055 * calm ** 2) * Math.sin(2 * Math.PI * this.#breath);
    const jitter = 0.012 * calm * this.#random.normal();
    const interval = Math.min(LONGEST_BEAT, Math.max(SHORTEST_BEAT, (60 / rate) * (1 + breathing + jitter)));
    this.#exertion.advance(interval);
    this.#breath += (0.22 + 0.35 * level) * interval;
    // A random walk that is pulled back to 0, so that it wanders but never away.
    const pull = interval / DRIFT_SECONDS;
    this.#drift += -pull * this.#drift + DRIFT_BPM * Math.sqrt(2 * pull) * this.#random.normal();
    return interval;
  }

  #show(interval: number): void {
    this.#lastBeats.push(interval);
    if (this.#lastBeats.length > BEATS_SHOWN) this.#lastBeats.shift();
    const measured = (60 * this.#lastBeats.length) / this.#lastBeats.reduce((sum, beat) => sum + beat, 0);
    const most = STEEPEST_CHANGE * interval;
    this.#shown += Math.min(most, Math.max(-most, measured - this.#shown));
  }
}
