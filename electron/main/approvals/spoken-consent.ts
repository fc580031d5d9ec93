/**
 * Owns which words are a yes or a no to the question whether a tool may run. Pure. Only an utterance that is nothing
 * else counts: “yes, but …” is a thing to talk about, not a yes.
 */

export type SpokenConsent = "yes" | "no" | "other";

/** Whole utterances, without case, accents' composition and punctuation. */
const yesWords: readonly string[] = [
  // English
  ..."yes|yes please|yes allow|yes allow it|yes do it|yes go ahead|allow|allow it|allow once|go ahead|do it|ok|okay|sure|yeah|yep".split(
    "|",
  ),
  // German
  ..."ja|ja bitte|ja erlauben|ja mach das|ja mach|erlauben|erlaubt|mach das|einverstanden|in ordnung|okay ja".split(
    "|",
  ),
  // French
  ..."oui|oui vas y|vas y|d accord|oui d accord|autoriser|autorise".split("|"),
  // Spanish, Portuguese, Italian
  ..."sí|si|sí adelante|adelante|permitir|de acuerdo|sim|sim pode|pode|permitir uma vez|sì|sì va bene|va bene|consenti|procedi".split(
    "|",
  ),
  // Dutch, Swedish, Danish, Norwegian, Polish, Czech
  ..."ja graag|toestaan|ga je gang|ja tack|tillåt|ja tak|tillad|ja takk|tillat|tak|tak zezwól|zezwól|ano|ano povolit|povolit".split(
    "|",
  ),
  // Russian, Ukrainian, Turkish, Arabic, Hindi
  ..."да|да разрешаю|разрешить|разрешаю|так|дозволити|evet|izin ver|نعم|اسمح|हाँ|हां|अनुमति दें".split("|"),
  // Japanese, Chinese, Korean
  ..."はい|許可|許可する|いいよ|はいお願いします|是|是的|好|好的|可以|允许|네|예|허용".split("|"),
];

const noWords: readonly string[] = [
  ..."no|no thanks|no thank you|nope|deny|don t|don t do it|do not|stop|cancel|never|no stop|no don t".split(
    "|",
  ),
  ..."nein|nein danke|nicht|ablehnen|abbrechen|stopp|lass das|bloß nicht".split("|"),
  ..."non|non merci|refuser|annuler|arrête".split("|"),
  ..."no gracias|cancelar|denegar|não|nao|não obrigado|negar|no grazie|annulla|rifiuta|ferma".split("|"),
  ..."nee|nee bedankt|weigeren|nej|nej tack|nei|nei takk|nie|nie dziękuję|odmów|ne|ne děkuji|zrušit".split(
    "|",
  ),
  ..."нет|нет спасибо|отмена|запретить|ні|скасувати|hayır|iptal|لا|إلغاء|नहीं|रद्द करें".split("|"),
  ..."いいえ|だめ|やめて|キャンセル|不|不行|不要|不可以|取消|아니|아니요|취소".split("|"),
];

const plain = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    // “İ” becomes an i with a dot above of its own, and “I” no “ı”: Turkish is written both ways.
    .replaceAll("\u0307", "")
    .replaceAll("ı", "i")
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, " ")
    .trim();

const yes = new Set(yesWords.map(plain));
const no = new Set(noWords.map(plain));

/** @param transcript what the person said, as it was written down. */
export function readConsent(transcript: string): SpokenConsent {
  const said = plain(transcript);
  // A word that is both (it depends on the language) decides nothing but a no.
  if (no.has(said)) return "no";
  return yes.has(said) ? "yes" : "other";
}
