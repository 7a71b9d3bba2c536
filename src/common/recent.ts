/** Remembers the values that were used last, and forgets the others. */
export class Recent<Key, Value> {
  private readonly values = new Map<Key, Value>();

  /** @param limit how many values are remembered */
  constructor(private readonly limit: number) {}

  /** The value of a key; makes it when it is not remembered. */
  get(key: Key, make: () => Value): Value {
    const known = this.values.get(key);
    if (known === undefined) return this.remember(key, make());
    // A map keeps the order of insertion: what is used is young again.
    if (this.values.size === this.limit) this.values.delete(key);
    this.values.set(key, known);
    return known;
  }

  clear(): void {
    this.values.clear();
  }

  private remember(key: Key, value: Value): Value {
    this.values.set(key, value);
    const [oldest] = this.values.keys();
    if (this.values.size > this.limit && oldest !== undefined) this.values.delete(oldest);
    return value;
  }
}
