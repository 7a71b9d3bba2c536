/** Remembers the values that were used last, and forgets the others. */
export class Recent<Key, Value> {
  private readonly values = new Map<Key, Value>();

  /** @param limit how many values are remembered */
  constructor(private readonly limit: number) {}

  find(key: Key): Value | undefined {
    const known = this.values.get(key);
    // A map keeps the order of insertion: what is used is young again. That matters only once something is forgotten.
    if (known !== undefined && this.values.size === this.limit) {
      this.values.delete(key);
      this.values.set(key, known);
    }
    return known;
  }

  set(key: Key, value: Value): void {
    this.values.delete(key);
    this.values.set(key, value);
    const [oldest] = this.values.keys();
    if (this.values.size > this.limit && oldest !== undefined) this.values.delete(oldest);
  }

  /** The value of a key; makes it when it is not remembered. */
  get(key: Key, make: () => Value): Value {
    const known = this.find(key);
    if (known !== undefined) return known;
    const made = make();
    this.set(key, made);
    return made;
  }

  delete(key: Key): void {
    this.values.delete(key);
  }

  clear(): void {
    this.values.clear();
  }
}
