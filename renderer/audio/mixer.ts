/**
 * Owns making one channel of all that a microphone has. It keeps its buffers: one for each block would be garbage a
 * hundred times a second, which a thread that makes hardly any other does not collect for minutes (0.5 MB for each second
 * of speech, 100 MB before the first collection).
 */
export class Mixer {
  #mono = new Float32Array(0);
  #plane = new Float32Array(0);

  /** The mean of all channels, as floats: valid until the next call. */
  mix(data: Pick<AudioData, "numberOfFrames" | "numberOfChannels" | "copyTo">): Float32Array {
    const { numberOfFrames, numberOfChannels } = data;
    if (this.#mono.length !== numberOfFrames) {
      this.#mono = new Float32Array(numberOfFrames);
      this.#plane = new Float32Array(numberOfFrames);
    }
    const mono = this.#mono;
    const plane = this.#plane;
    data.copyTo(mono, { planeIndex: 0, format: "f32-planar" });
    if (numberOfChannels === 1) return mono;
    for (let planeIndex = 1; planeIndex < numberOfChannels; planeIndex += 1) {
      data.copyTo(plane, { planeIndex, format: "f32-planar" });
      for (let i = 0; i < numberOfFrames; i += 1) mono[i] = (mono[i] ?? 0) + (plane[i] ?? 0);
    }
    for (let i = 0; i < numberOfFrames; i += 1) mono[i] = (mono[i] ?? 0) / numberOfChannels;
    return mono;
  }
}
