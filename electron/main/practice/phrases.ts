/**
 * Owns every phrase that the practice voice can say: what is written in the transcript and what is rendered.
 * Never holds sound. The script that renders the clips and the brain that picks them both read this list.
 */
import { cities } from "./cities.ts";
import { minuteWords, numberWords } from "./time-words.ts";

export interface Phrase {
  readonly id: string;
  /** The words as the transcript shows them, which are the words that are heard. */
  readonly text: string;
  /** What the synthesiser is given where the spelling would mislead it. */
  readonly say?: string;
}

const sentences = {
  "mirror.first": "In practice I cannot understand speech, but I can hear you. This is what I heard.",
  "mirror.again": "This is what I heard.",
  "mirror.next": "Hold the key and speak again, and I will use a tool.",
  "mirror.silence": "I heard only silence. Please check the microphone and its volume.",
  "tool.intro": "This time a tool acts. I look at the clock.",
  "tool.next": "Hold the key and speak once more, and I will give you a long answer.",
  "tool.failed": "The tool failed, so I do not know the time.",
  "tool.missing": "I have no tool here that could tell me the time.",
  "tool.other": "The tool has answered, but in practice I can only read the clock.",
  "long.1": "Now I give you a long answer, so that you can interrupt me.",
  "long.2": "Press the key while I am speaking, and I fall silent at once.",
  "long.3": "The real service works in the same way, and afterwards it remembers only what you have heard.",
  "long.4": "Here in practice, nothing leaves this computer. The voice that you hear was recorded before.",
  "long.5": "For a real conversation, open the settings and paste your key.",
  "long.6": "I could go on like this for a long time, so please press the key now.",
  interrupted: "You interrupted me, and I stopped.",
  hello: "Hello. This is practice.",
  welcome: "You are welcome.",
  help: "In practice I can tell you the time. Ask me, for example, what time it is in Tokyo, or hold the key and speak.",
  "place.unknown": "I do not know this place. Try a big city, or a time zone like Europe slash Paris.",
  "place.there": "There",
  "clock.noon": "it is noon.",
  "clock.midnight": "it is midnight.",
  "daypart.morning": "in the morning.",
  "daypart.afternoon": "in the afternoon.",
  "daypart.evening": "in the evening.",
  "daypart.night": "at night.",
} as const;

type SentenceId = keyof typeof sentences;
/** Not checked letter by letter: the unit tests hold every id that the brain can form against the list. */
export type PhraseId = SentenceId | `hour.${number}` | `minute.${number}` | `city.${string}`;

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

export const phrases: readonly Phrase[] = [
  ...Object.entries(sentences).map(([id, text]) => ({ id, text })),
  ...range(1, 12).map((hour) => ({ id: `hour.${hour}`, text: `it is ${numberWords(hour)}` })),
  ...range(0, 59).map((minute) => ({ id: `minute.${minute}`, text: minuteWords(minute) })),
  ...cities.map(({ name, say }) => ({
    id: `city.${name}`,
    text: `In ${name}`,
    ...(say === undefined ? {} : { say: `In ${say}` }),
  })),
];
