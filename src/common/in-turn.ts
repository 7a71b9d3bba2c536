/** Does work about one thing after the other: what comes meanwhile about the same thing waits for its turn. */
export class InTurn {
  private readonly last = new Map<string, Promise<unknown>>();

  /** @param thing names what the work is about @throws whatever the work throws, which stops nobody after it */
  async run<Result>(thing: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.last.get(thing) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.last.set(thing, mine);
    try {
      return await mine;
    } finally {
      if (this.last.get(thing) === mine) this.last.delete(thing);
    }
  }
}
