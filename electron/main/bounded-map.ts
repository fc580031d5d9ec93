/** Owns a map that forgets its oldest entry when it is full, so that nobody outside can make it grow. */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }
  entries(): IterableIterator<[Key, Value]> {
    return this.#entries.entries();
  }
  values(): IterableIterator<Value> {
    return this.#entries.values();
  }
  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }
  has(key: Key): boolean {
    return this.#entries.has(key);
  }
  set(key: Key, value: Value): void {
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#limit) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
  delete(key: Key): void {
    this.#entries.delete(key);
  }
}
