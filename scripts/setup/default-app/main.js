/**
 * Owns what `electron [switches] [-r MODULE]… FOLDER-OR-FILE [arguments]` does in an Electron that came without
 * its default app: it loads that app as the stock one would. Never shows anything of its own.
 * It runs inside Electron, from resources/app, and waits for the app's own loading before `ready` may fire.
 */
import { app } from "electron";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** Reads the modules to require first and the app's path; any other switch before the path is Chromium's. */
function readCommandLine(args) {
  const modules = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at];
    if (word === "-r" || word === "--require") {
      at += 1;
      if (args[at] !== undefined) modules.push(args[at]);
    } else if (!word.startsWith("-")) {
      return { modules, path: resolve(word) };
    }
  }
  return { modules, path: null };
}

/** The file to run and the folder, name and version that the app has by its package.json. */
function findApp(path) {
  if (!statSync(path).isDirectory()) return { folder: dirname(path), main: path, manifest: {} };
  const manifestPath = join(path, "package.json");
  const manifest = existsSync(manifestPath) ? JSON.parse(readFileSync(manifestPath, "utf8")) : {};
  const named = join(path, manifest.main ?? "index.js");
  const main = [named, `${named}.js`, join(named, "index.js")].find(
    (candidate) => existsSync(candidate) && extname(candidate) !== "",
  );
  return { folder: path, main: main ?? named, manifest };
}

function stop(message) {
  process.stderr.write(`${message}\n`);
  app.exit(1);
}

const { modules, path } = readCommandLine(process.argv.slice(1));
if (path === null || !existsSync(path)) {
  stop(path === null ? "No app was named: electron FOLDER" : `There is no app at ${path}`);
} else {
  Object.defineProperty(process, "defaultApp", { value: true, enumerable: true });
  const { folder, main, manifest } = findApp(path);
  if (manifest.version !== undefined) app.setVersion(manifest.version);
  const name = manifest.productName ?? manifest.name;
  if (name !== undefined) app.setName(name);
  app.setDesktopName(manifest.desktopName ?? `${app.getName()}.desktop`);
  app.setAppPath(folder);
  const require = createRequire(join(process.cwd(), "electron-requires.cjs"));
  try {
    for (const module of modules) require(module);
    await import(pathToFileURL(main).href);
  } catch (error) {
    stop(`The app at ${main} failed to load.\n${error?.stack ?? error}`);
  }
}
