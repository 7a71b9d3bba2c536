import type { Secret } from '../../common/secret.js';
import { type PctKey, PctStore } from './pct-store.js';

/** Keeps PCTs as long as the process runs; the one put longest ago goes when there are too many. */
export class MemoryPctStore extends PctStore {
  private readonly pcts = new Map<string, Secret>();

  /** @param capacity the most PCTs to keep, at least 1 */
  constructor(private readonly capacity = 10_000) {
    super();
  }

  override get(key: PctKey): Promise<Secret | undefined> {
    return Promise.resolve(this.pcts.get(textOf(key)));
  }

  override put(key: PctKey, pct: Secret): Promise<void> {
    this.pcts.delete(textOf(key));
    this.pcts.set(textOf(key), pct);
    const [oldest] = this.pcts.keys();
    if (this.pcts.size > this.capacity && oldest !== undefined) this.pcts.delete(oldest);
    return Promise.resolve();
  }

  override async take(key: PctKey): Promise<Secret | undefined> {
    const kept = await this.get(key);
    this.pcts.delete(textOf(key));
    return kept;
  }
}

const textOf = ({ authorizationServer, personIssuer, personSubject }: PctKey): string =>
  JSON.stringify([authorizationServer, personIssuer, personSubject]);
