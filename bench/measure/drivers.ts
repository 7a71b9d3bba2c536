import type { Ran } from './load.js';
import type { Generator } from './rounds.js';

/** How a contender is driven that no load generator knows. */
export interface Driver {
  readonly prepare: () => Promise<unknown>;
  readonly run: (milliseconds: number) => Promise<Ran>;
}

/** Has each contender driven by what drives it. */
export class Drivers implements Generator<Driver> {
  private readonly drivers = new Map<string, Driver>();

  prepare(name: string, driver: Driver): Promise<unknown> {
    this.drivers.set(name, driver);
    return driver.prepare();
  }

  /** @throws Error when it was not prepared */
  run(name: string, milliseconds: number): Promise<Ran> {
    const driver = this.drivers.get(name);
    if (driver === undefined) throw new Error(`${name} was not prepared.`);
    return driver.run(milliseconds);
  }
}
