/**
 * Owns the sound by which a timer or a reminder makes itself heard: two soft strokes of a bell, made by the browser's own
 * oscillators in a context of their own, so that it never touches an answer that is playing.
 */

/** A fifth apart, the second one higher: an end that does not alarm. In Hz and seconds. */
const strokes = [
  { frequencyHz: 659.26, atS: 0.05 },
  { frequencyHz: 987.77, atS: 0.3 },
] as const;
/** What makes it a bell and no whistle: how far above the tone, how loud, how long it rings. */
const partials = [
  { ratio: 1, level: 0.16, ringsS: 1.4 },
  { ratio: 2.01, level: 0.05, ringsS: 0.7 },
  { ratio: 3.02, level: 0.02, ringsS: 0.35 },
] as const;
/** Long enough not to click. */
const attackS = 0.008;
const silence = 0.0001;
/** Twice, as long as somebody needs to notice that it rings. */
const roundsAtS = [0, 1.6] as const;
const endS = 3.4;

/** @returns rings; while it rings, nothing more. */
export function createChime(): () => void {
  let isRinging = false;
  return () => {
    if (isRinging) return;
    isRinging = true;
    const context = new AudioContext();
    for (const roundS of roundsAtS) for (const stroke of strokes) strike(context, stroke, roundS);
    const finish = (): void => {
      isRinging = false;
      void context.close().catch(() => undefined);
    };
    // By the page's clock: without a loudspeaker the context's own stands still.
    setTimeout(finish, endS * 1000);
  };
}

function strike(context: AudioContext, { frequencyHz, atS }: (typeof strokes)[number], roundS: number): void {
  const beginS = context.currentTime + roundS + atS;
  for (const { ratio, level, ringsS } of partials) {
    const tone = context.createOscillator();
    tone.frequency.value = frequencyHz * ratio;
    const loudness = context.createGain();
    loudness.gain.setValueAtTime(silence, beginS);
    loudness.gain.exponentialRampToValueAtTime(level, beginS + attackS);
    loudness.gain.exponentialRampToValueAtTime(silence, beginS + ringsS);
    tone.connect(loudness).connect(context.destination);
    tone.start(beginS);
    tone.stop(beginS + ringsS);
  }
}
