/**
 * Owns reading a desktop entry (freedesktop.org, Desktop Entry Specification 1.5): what the program is called and how
 * it is started. Pure. It never starts anything, and knows no shell.
 */

export interface DesktopEntry {
  /** In the person's language where the entry has it, and as it is without one; each once. */
  readonly names: readonly string[];
  /** Program and arguments; field codes are gone. */
  readonly command: readonly string[];
  /** Working folder; empty for none. */
  readonly folder: string;
  /** A program that has to be there for the entry to count; empty for none. */
  readonly tryExec: string;
  readonly needsTerminal: boolean;
  /** As if the file was not there: it hides one of the same name in a folder that is looked at later. */
  readonly isHidden: boolean;
  /** Meant to be shown in this desktop's menu. */
  readonly isShown: boolean;
}

export interface DesktopSurroundings {
  /** Such as `de_DE.UTF-8`. */
  readonly locale: string;
  /** `XDG_CURRENT_DESKTOP`, apart. */
  readonly desktops: readonly string[];
}

const mainGroup = "Desktop Entry";
const notShown = (isHidden: boolean): DesktopEntry => ({
  names: [],
  command: [],
  folder: "",
  tryExec: "",
  needsTerminal: false,
  isHidden,
  isShown: false,
});

/** @returns `null` for what is no entry of a program that can be started. */
export function parseDesktopEntry(
  text: string,
  { locale, desktops }: DesktopSurroundings,
): DesktopEntry | null {
  const keys = keysOfGroup(text, mainGroup);
  const read = (key: string): string => unescaped(keys.get(key) ?? "");
  const isTrue = (key: string): boolean => keys.get(key) === "true";
  // A hidden entry needs nothing else.
  if (isTrue("Hidden")) return notShown(true);
  if (read("Type") !== "Application") return null;
  const command = parseExec(read("Exec"), { name: read("Name") });
  const names = [localized(keys, "Name", locale), read("Name"), localized(keys, "GenericName", locale)];
  if (command === null || read("Name") === "") return null;
  const listed = (key: string): readonly string[] =>
    (keys.get(key) ?? "").split(";").filter((name) => name !== "");
  const only = listed("OnlyShowIn");
  const isForThisDesktop =
    (only.length === 0 || only.some((name) => desktops.includes(name))) &&
    !listed("NotShowIn").some((name) => desktops.includes(name));
  return {
    names: [...new Set(names.filter((name) => name !== ""))],
    command,
    folder: read("Path"),
    tryExec: read("TryExec"),
    needsTerminal: isTrue("Terminal"),
    isHidden: false,
    isShown: isForThisDesktop && !isTrue("NoDisplay"),
  };
}

/** The first of two equal keys counts, and the first of two equal groups. */
function keysOfGroup(text: string, group: string): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  let isInside = false;
  let isOver = false;
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    if (line.startsWith("#") || line.trim() === "") continue;
    const header = /^\[([^\][]*)\]\s*$/.exec(line);
    if (header !== null) {
      isOver ||= isInside;
      isInside = !isOver && header[1] === group;
      continue;
    }
    const pair = isInside ? /^([A-Za-z0-9-]+(?:\[[^\]]+\])?)\s*=\s*(.*)$/.exec(line) : null;
    const [, key, value] = pair ?? [];
    if (key !== undefined && value !== undefined && !keys.has(key)) keys.set(key, value.trimEnd());
  }
  return keys;
}

/** The best fit for `lang_COUNTRY.ENCODING@MODIFIER`, in the order of the specification; empty when there is none. */
function localized(keys: ReadonlyMap<string, string>, key: string, locale: string): string {
  const match = /^([A-Za-z]+)(?:_([A-Za-z]+))?(?:\.[^@]*)?(?:@(.+))?$/.exec(locale);
  const [, language, country, modifier] = match ?? [];
  if (language === undefined) return unescaped(keys.get(key) ?? "");
  const fits = [
    country && modifier && `${language}_${country}@${modifier}`,
    country && `${language}_${country}`,
    modifier && `${language}@${modifier}`,
    language,
  ].filter((fit) => fit !== undefined && fit !== "");
  const value = fits.map((fit) => keys.get(`${key}[${fit}]`)).find((found) => found !== undefined);
  return unescaped(value ?? keys.get(key) ?? "");
}

const escapes: Readonly<Record<string, string>> = { s: " ", n: "\n", t: "\t", r: "\r", "\\": "\\" };

const unescaped = (value: string): string =>
  value.replaceAll(/\\(.)/g, (whole, character: string) => escapes[character] ?? whole);

/**
 * Splits a command as the specification says: quotes are double, and within them a backslash escapes `"`, `` ` ``, `$`
 * and itself. Field codes are for files, which are not given here, and so fall away; `%c` is the name, `%%` a `%`.
 * @param exec the value after the general escapes are undone.
 * @returns `null` when it is not a command.
 */
export function parseExec(exec: string, { name }: { readonly name: string }): readonly string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let isQuoted = false;
  for (let at = 0; at < exec.length; at += 1) {
    const character = exec.charAt(at);
    const next = exec.charAt(at + 1);
    if (isQuoted && character === "\\" && /["`$\\]/.test(next)) {
      word = (word ?? "") + next;
      at += 1;
    } else if (character === '"') {
      isQuoted = !isQuoted;
      word ??= "";
    } else if (character === "%" && !isQuoted) {
      const code = fieldCode(next, name);
      if (code === null) return null;
      if (code !== "") word = (word ?? "") + code;
      at += 1;
    } else if (!isQuoted && /[ \t\n]/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (isQuoted) return null;
  if (word !== null) words.push(word);
  const [program] = words;
  // An equals sign in the program's name would be a variable to some that start it.
  return program === undefined || program === "" || program.includes("=") || words.some(hasNul)
    ? null
    : words;
}

const hasNul = (word: string): boolean => word.includes("\0");

/** Empty for a code that falls away, `null` for one that there is not: then the whole command must not be used. */
function fieldCode(code: string, name: string): string | null {
  if (code === "%") return "%";
  if (code === "c") return name;
  return code !== "" && "fFuUikdDnNvm".includes(code) ? "" : null;
}
