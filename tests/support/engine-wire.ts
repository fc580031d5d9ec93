/**
 * Owns one direction of a message channel between processes: in order, never at once, and dead when its page is.
 * It never looks at a message.
 */
export class Wire {
  #waiting: (() => void)[] = [];
  #isCut = false;

  get isBusy(): boolean {
    return this.#waiting.length > 0;
  }

  send(arrive: () => void): void {
    if (!this.#isCut) this.#waiting.push(arrive);
  }

  /** Everything sent so far arrives; what is sent meanwhile waits for the next time. */
  deliver(): void {
    const arriving = this.#waiting;
    this.#waiting = [];
    for (const arrive of arriving) if (!this.#isCut) arrive();
  }

  /** One of the two ends is gone. */
  cut(): void {
    this.#isCut = true;
    this.#waiting = [];
  }
}
