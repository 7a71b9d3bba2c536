/** Lets callers who ask for the same thing at the same time share one piece of work, and its result or failure. */
export class SingleFlight<Result> {
  private readonly flights = new Map<string, Promise<Result>>();

  /** Runs `work`, or joins the run for the same key that is under way. Nothing is remembered once it has ended. */
  run(key: string, work: () => Promise<Result>): Promise<Result> {
    const underWay = this.flights.get(key);
    if (underWay !== undefined) return underWay;
    const flight = work().finally(() => this.flights.delete(key));
    this.flights.set(key, flight);
    return flight;
  }
}
