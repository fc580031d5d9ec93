/**
 * Owns which of our environment variables a program may see: those it needs to find itself, its files and its
 * language. Keys, tokens, proxies with passwords, the desktop's buses and whatever else is there stay here. Pure.
 */

type Environment = Readonly<Record<string, string | undefined>>;

const posixNames = /^(?:PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TZ|LANG|LANGUAGE|LC_[A-Z]+)$/;

/** Windows writes them in any case. Without the roots of the system, sockets and runtimes do not even start there. */
const windowsNames =
  /^(?:PATH|PATHEXT|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|TEMP|TMP|USERNAME|USERPROFILE|HOMEDRIVE|HOMEPATH|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES|PROGRAMFILES\(X86\)|PROCESSOR_ARCHITECTURE|NUMBER_OF_PROCESSORS)$/;

/** @param platform as `process.platform` has it. */
export function harmlessEnvironment(
  environment: Environment,
  platform: string,
): Readonly<Record<string, string>> {
  const isHarmless = (name: string): boolean =>
    platform === "win32" ? windowsNames.test(name.toUpperCase()) : posixNames.test(name);
  return Object.fromEntries(
    Object.entries(environment).filter(
      // A value of this kind is a function that a shell would take over and run (CVE-2014-6271).
      (entry): entry is [string, string] =>
        entry[1] !== undefined && isHarmless(entry[0]) && !entry[1].startsWith("()"),
    ),
  );
}
