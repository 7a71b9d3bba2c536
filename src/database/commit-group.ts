/** How many transactions share one commit at most. */
const LARGEST_GROUP = 64;

/** How long the first transaction of a group waits for others to join, in milliseconds. */
const LONGEST_WAIT_MS = 5;

/** Transactions that share a commit. */
export class Group {
  private readonly members: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];

  constructor(private readonly sinceMs: number) {}

  /** @returns when the disk has it @throws what the commit throws */
  join(): Promise<void> {
    return new Promise((resolve, reject) => this.members.push({ resolve, reject }));
  }

  isFull(nowMs: number): boolean {
    return this.members.length >= LARGEST_GROUP || nowMs - this.sinceMs >= LONGEST_WAIT_MS;
  }

  end(error: unknown): void {
    for (const { resolve, reject } of this.members) {
      if (error === undefined) resolve();
      else reject(error);
    }
  }
}
