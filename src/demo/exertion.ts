import { SeededRandom } from './seeded-random.js';

/** One stretch of the wearer's day: how hard she works in it, and for how long. */
interface Phase {
  /** Share of the heart's reserve that the work asks for: 0 at rest, 1 all-out. */
  readonly demand: number;
  readonly seconds: number;
}

const SECONDS_TO_SPEED_UP = 25;
const SECONDS_TO_CALM_DOWN = 45;

/**
 * How hard the wearer's heart is driven: it rests, follows an exercise upwards and comes back slowly, over and over, each
 * time a little differently. A round takes four to eight minutes, so that somebody who watches a page sees it happen.
 */
export class Exertion {
  readonly #random: SeededRandom;
  #phase: Phase;
  #secondsLeft: number;
  #level = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
    this.#phase = this.#rest();
    this.#secondsLeft = this.#phase.seconds;
  }

  /** The share of the heart's reserve in use: 0 at rest, 1 at its highest rate. */
  get level(): number {
    return this.#level;
  }

  /** Lets time pass; the steps should be short against a phase, as beats are. */
  advance(seconds: number): void {
    this.#secondsLeft -= seconds;
    if (this.#secondsLeft <= 0) this.#enter(this.#phase.demand === 0 ? this.#exercise() : this.#rest());
    const { demand } = this.#phase;
    const reaction = demand > this.#level ? SECONDS_TO_SPEED_UP : SECONDS_TO_CALM_DOWN;
    this.#level += (demand - this.#level) * (1 - Math.exp(-seconds / reaction));
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#secondsLeft = phase.seconds;
  }

  /** Rest, which after an exercise begins with the recovery. */
  #rest(): Phase {
    return { demand: 0, seconds: this.#random.between(120, 240) };
  }

  #exercise(): Phase {
    return { demand: this.#random.between(0.6, 0.85), seconds: this.#random.between(90, 240) };
  }
}
