import { type RptKey, RptStore, type StoredRpt } from './rpt-store.js';

/** Keeps RPTs as long as the process runs; the one put longest ago goes when there are too many. */
export class MemoryRptStore extends RptStore {
  private readonly rpts = new Map<string, StoredRpt>();

  /** @param capacity the most RPTs to keep, at least 1 */
  constructor(private readonly capacity = 10_000) {
    super();
  }

  override get(key: RptKey): Promise<StoredRpt | undefined> {
    return Promise.resolve(this.rpts.get(textOf(key)));
  }

  override put(key: RptKey, rpt: StoredRpt): Promise<void> {
    this.rpts.delete(textOf(key));
    this.rpts.set(textOf(key), rpt);
    const [oldest] = this.rpts.keys();
    if (this.rpts.size > this.capacity && oldest !== undefined) this.rpts.delete(oldest);
    return Promise.resolve();
  }

  override drop(key: RptKey, refused: StoredRpt): Promise<void> {
    const kept = this.rpts.get(textOf(key));
    if (kept?.accessToken.reveal() === refused.accessToken.reveal()) this.rpts.delete(textOf(key));
    return Promise.resolve();
  }
}

const textOf = (key: RptKey): string =>
  JSON.stringify([key.personIssuer, key.personSubject, key.authorizationServer, key.resourceServer, key.resource]);
