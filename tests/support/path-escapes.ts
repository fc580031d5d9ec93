/**
 * Owns a thousand ways to write a path that leads out of a folder, or to something in it that must not be read. The same
 * on every run. Never used outside tests.
 */
import { homedir } from "node:os";

/** Relative to the folder, from which they lead out or to what is forbidden in it. */
const targets = [
  "../elsewhere/canary.txt",
  "../folder-sibling/canary.txt",
  "../../../../../../../../etc/passwd",
  "../elsewhere",
  "link-to-file",
  "link-to-folder/canary.txt",
  "link-to-link",
  "link-absolute",
  "link-to-root/etc/passwd",
  "link-to-itself",
  "link-to-environment",
  "link-to-zero",
  "sub/link-up/elsewhere/canary.txt",
  "second-name.txt",
  ".ssh/id_ed25519",
  ".SSH/ID_ED25519",
  ".gnupg/secring.txt",
  ".env",
  ".env.local",
  "sub/prod.env",
  ".git-credentials",
  ".config/google-chrome/Default/notes.txt",
  ".mozilla/firefox/notes.txt",
  ".local/share/keyrings/notes.txt",
  "passwords.kdbx",
  "key-in-text.txt",
  "server.key",
  "Parley/settings.json",
  "link-to-profile/settings.json",
  "pipe",
];

const absolute = [
  "/etc/passwd",
  "/etc/shadow",
  "/proc/self/environ",
  "/proc/self/cmdline",
  "/proc/1/environ",
  "/proc/self/root/etc/passwd",
  "/proc/self/cwd/package.json",
  "/dev/stdin",
  "/dev/zero",
  "/dev/fd/0",
  "/sys/kernel/notes",
  `${homedir()}/.ssh/id_rsa`,
];

/** Ways to write a path so that somebody who checks it sees another one. */
const spellings: readonly ((path: string) => string)[] = [
  (path) => path,
  (path) => `./${path}`,
  (path) => `sub/../${path}`,
  (path) => `sub/deep/../../${path}`,
  (path) => `notes.txt/../${path}`,
  (path) => `no-such-folder/../${path}`,
  (path) => `.//${path.replaceAll("/", "//")}`,
  (path) => path.replaceAll("/", "/./"),
  (path) => path.replaceAll("../", "....//"),
  (path) => path.replaceAll("../", "..././"),
  (path) => path.replaceAll("../", "..;/"),
  (path) => path.replaceAll("/", "\\"),
  (path) => path.replaceAll("/", "\\/"),
  (path) => path.replaceAll("/", "%2f"),
  (path) => path.replaceAll(".", "%2e"),
  (path) => path.replaceAll("..", "%2e%2e").replaceAll("/", "%2f"),
  (path) => path.replaceAll("..", "%252e%252e").replaceAll("/", "%252f"),
  (path) => path.replaceAll("/", "%c0%af"),
  (path) => path.replaceAll("/", "\u2215"),
  (path) => path.replaceAll("/", "\uff0f"),
  (path) => path.replaceAll(".", "\uff0e"),
  (path) => path.replaceAll("..", "\u2025"),
  (path) => path.replaceAll(".", "\u2024"),
  (path) => `${path}\0`,
  (path) => `${path}\0.txt`,
  (path) => `notes.txt\0/${path}`,
  (path) => `${path}/`,
  (path) => `${path}/.`,
  (path) => `${path}/..`,
  (path) => `${path}.`,
  (path) => `${path} `,
  (path) => ` ${path}`,
  (path) => `${path}\n`,
  (path) => `${path}::$DATA`,
  (path) => `${path}?`,
  (path) => `${path}#`,
  (path) => path.toUpperCase(),
  (path) => path.normalize("NFD"),
  (path) => `\u202e${path}`,
  (path) => `\ufeff${path}`,
  (path) => `file://${path}`,
  (path) => `file:${path}`,
  (path) => `~/${path}`,
  (path) => `~root/${path}`,
  (path) => `$PWD/${path}`,
  (path) => `$(pwd)/${path}`,
  (path) => `"${path}"`,
  (path) => `'${path}'`,
  (path) => `\\\\?\\${path}`,
];

/** @param folder absolute, which may be read. */
export function pathEscapes(folder: string): readonly string[] {
  const relative = targets.flatMap((target) => spellings.map((spell) => spell(target)));
  const below = targets.flatMap((target) =>
    spellings.slice(0, 10).map((spell) => `${folder}/${spell(target)}`),
  );
  const outside = absolute.flatMap((target) => [target, `/${target}`, `${folder}${target}`, `${target}/`]);
  return [...new Set([...outside, ...below, ...relative])].slice(0, 1_000);
}
