import type { Group } from './commit-group.js';

/**
 * Groups that were committed and wait for the disk. While it is at work on some, the next ones gather: one wait is enough
 * for all of them.
 */
export class DiskQueue {
  private waiting: Group[] = [];
  private work: Promise<void> | undefined;
  private failure: Error | undefined;

  /**
   * @param sync waits until the disk has all that was committed before the call
   * @param idle is called when the disk has everything
   */
  constructor(
    private readonly sync: () => Promise<void>,
    private readonly idle: () => void,
  ) {}

  get isAtWork(): boolean {
    return this.work !== undefined;
  }

  /** Ends a group as soon as the disk has it. */
  add(group: Group): void {
    this.waiting.push(group);
    this.work ??= this.empty();
  }

  /** Waits until the disk has everything. */
  async emptied(): Promise<void> {
    await this.work;
  }

  /**
   * After a disk has failed once, nobody knows what it has: the system may report an error to one caller and forget it.
   *
   * @throws Error when that has happened; only to open the file anew tells what is in it
   */
  refuseIfBroken(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  private async empty(): Promise<void> {
    while (this.waiting.length > 0) {
      const groups = this.waiting;
      this.waiting = [];
      try {
        await this.sync();
      } catch (cause) {
        this.failure ??= new Error('The disk did not take what was written to the database.', { cause });
      }
      for (const group of groups) group.end(this.failure);
    }
    this.work = undefined;
    this.idle();
  }
}
