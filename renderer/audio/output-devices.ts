/** Owns which loudspeakers the system had when this was last asked: whether one has gone, and whether there is any. */

/** `lost`: one that was there the last time is not there any more. `none`: there is nothing to play with. */
export type OutputChange = "none" | "lost" | "fine";

export class OutputDevices {
  readonly #devices: Pick<MediaDevices, "enumerateDevices">;
  #known: ReadonlySet<string> = new Set();

  constructor(devices: Pick<MediaDevices, "enumerateDevices">) {
    this.#devices = devices;
  }

  /** Asks the system. One that cannot be asked has lost nothing. */
  async look(): Promise<OutputChange> {
    const listed = await this.#devices.enumerateDevices().catch(() => null);
    if (listed === null) return "fine";
    const before = this.#known;
    const outputs = listed.filter(({ kind }) => kind === "audiooutput");
    this.#known = new Set(outputs.map(({ deviceId }) => deviceId));
    if (outputs.length === 0) return "none";
    return [...before].every((id) => this.#known.has(id)) ? "fine" : "lost";
  }
}
