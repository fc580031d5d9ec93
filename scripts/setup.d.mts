/** Types of setup.mjs, for the tests. */

export type RunnableElectron = {
  /** To add to a child's environment: ELECTRON_OVERRIDE_DIST_PATH, or nothing. */
  readonly env: { readonly ELECTRON_OVERRIDE_DIST_PATH?: string };
  /** To put before the app's folder: `--no-sandbox` as root on Linux, else nothing. */
  readonly electronArgs: readonly string[];
  /** The program's path. */
  readonly executable: string;
  /** Such as `33.2.1`. */
  readonly version: string;
};

/** Makes node_modules ready, without Electron; throws with a message for the reader. */
export function prepareDependencies(): void;

/** Makes the machine ready and says how to run Electron; rejects with a message for the reader. */
export function prepare(options?: {
  /** The virtual desktop's tools. */
  readonly desktop?: boolean;
  /** Those for several monitors too. */
  readonly monitors?: boolean;
  readonly retryElectron?: boolean;
}): Promise<RunnableElectron>;

/** How to run Electron, once the set-up has run; throws with a message for the reader otherwise. */
export function electronEnvironment(): RunnableElectron;
