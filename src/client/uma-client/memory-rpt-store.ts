import { type KeptRpt, type Rpt, type RptHolder, RptStore } from './rpt-store.js';

/** Keeps RPTs as long as the process runs; those put longest ago go when there are too many. */
export class MemoryRptStore extends RptStore {
  private readonly rpts = new Map<string, { readonly holder: string; readonly kept: KeptRpt }>();
  private count = 0;

  /** @param capacity the most RPTs to keep, at least 1 */
  constructor(private readonly capacity = 10_000) {
    super();
  }

  override list(holder: RptHolder): Promise<readonly KeptRpt[]> {
    const all = [...this.rpts.values()].filter((entry) => entry.holder === textOf(holder));
    return Promise.resolve(all.map(({ kept }) => kept));
  }

  override put(holder: RptHolder, rpt: Rpt): Promise<KeptRpt> {
    const kept = { ...rpt, id: String(++this.count), version: 1 };
    this.rpts.set(kept.id, { holder: textOf(holder), kept });
    const [oldest] = this.rpts.keys();
    if (this.rpts.size > this.capacity && oldest !== undefined) this.rpts.delete(oldest);
    return Promise.resolve(kept);
  }

  override replace(holder: RptHolder, { id, version }: KeptRpt, next: Rpt): Promise<KeptRpt | undefined> {
    if (this.rpts.get(id)?.kept.version !== version) return Promise.resolve(undefined);
    const kept = { ...next, id, version: version + 1 };
    this.rpts.delete(id); // it is the newest now, and a map keeps the order of insertion
    this.rpts.set(id, { holder: textOf(holder), kept });
    return Promise.resolve(kept);
  }

  override drop(_holder: RptHolder, { id, version }: KeptRpt): Promise<void> {
    if (this.rpts.get(id)?.kept.version === version) this.rpts.delete(id);
    return Promise.resolve();
  }
}

const textOf = (holder: RptHolder): string =>
  JSON.stringify([holder.personIssuer, holder.personSubject, holder.authorizationServer, holder.resourceServer]);
