/** Owns which environment variables decide what runs, as much as a command does. */

const names =
  /^(?:PATH|PATHEXT|COMSPEC|ENV|BASH_ENV|LD_\w+|DYLD_\w+|NODE_OPTIONS|NODE_PATH|PYTHON\w*|PERL5\w*|RUBY\w*|JAVA_TOOL_OPTIONS|DOTNET_STARTUP_HOOKS)$/i;

/** Where programs and libraries are looked for, and what an interpreter runs before what it was told to. */
export const decidesWhatRuns = (variable: string): boolean => names.test(variable);
