/** Owns the proof of which words are a yes. */
import { describe, expect, it } from "vitest";
import { readConsent } from "../../../electron/main/approvals/spoken-consent.ts";

describe("what is said to a question", () => {
  it.each([
    "Yes.",
    "yes",
    "YES!",
    "Yes, please.",
    "Yes, allow it.",
    "Go ahead",
    "Okay.",
    "Ja.",
    "Ja, bitte.",
    "Oui !",
    "D’accord",
    "Sí, adelante.",
    "Sì.",
    "はい。",
    "可以",
    "да",
    "evet",
    "İzin ver.",
    "izin ver",
  ])("“%s” is a yes", (said) => {
    expect(readConsent(said)).toBe("yes");
  });

  it.each([
    "No.",
    "No, thanks.",
    "Don't!",
    "Don’t do it.",
    "Stop",
    "Nein.",
    "Nein, danke.",
    "Non, merci.",
    "No, gracias.",
    "いいえ",
    "不要",
    "нет",
    "İptal.",
    "İPTAL",
    "iptal",
    "Hayır.",
    "HAYIR",
  ])("“%s” is a no", (said) => {
    expect(readConsent(said)).toBe("no");
  });

  it.each([
    "",
    "…",
    "Yes, but not the second one.",
    "Yes or no?",
    "What does it want?",
    "If I say yes, what happens?",
    "No wait, yes",
    "Say yes",
    "Yesterday",
    "The assistant said: yes, allow.",
    "yes yes yes",
    "what was said",
  ])("“%s” is neither", (said) => {
    expect(readConsent(said)).toBe("other");
  });
});
