import { News } from './news.js';

/** What several instances in one process tell each other, as long as the test lets them. */
export class FakeNews extends News {
  override isComplete = true;
  readonly told: (readonly [topic: string, message: unknown])[] = [];
  private readonly others = new Set<FakeNews>();

  /** Two instances that hear each other. */
  static pair(): readonly [FakeNews, FakeNews] {
    const [one, other] = [new FakeNews(), new FakeNews()];
    one.others.add(other);
    other.others.add(one);
    return [one, other];
  }

  override tell(topic: string, message: unknown): Promise<void> {
    if (!this.isComplete) return Promise.reject(new Error('Nobody hears anything.'));
    this.told.push([topic, message]);
    for (const other of this.others) other.hear(topic, JSON.parse(JSON.stringify(message)));
    return Promise.resolve();
  }

  /** Something comes in, from whomever. */
  hear(topic: string, message: unknown): void {
    this.pass(topic, message);
  }

  /** From now on nothing comes, and nothing can be told. */
  lose(): void {
    this.isComplete = false;
    this.miss();
  }
}
