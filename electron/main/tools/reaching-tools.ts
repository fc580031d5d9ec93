/**
 * Owns which tools reach out: for the weather, for a web page, into files, and to programs. It plugs them together and
 * decides which of them may reach what; it runs none.
 */
import type { Settings } from "../../../shared/settings.ts";
import type { Children } from "../child-process.ts";
import { createHttpGet } from "../network/http-get.ts";
import { systemInternet, type Internet } from "../network/internet.ts";
import { isPublicAddress, plainAddress } from "../network/public-address.ts";
import type { FindRoute } from "../network/route.ts";
import type { TimerHost } from "../session/ports.ts";
import { runCommand } from "./command/run-command.ts";
import { findFiles } from "./files/find-files.ts";
import { readFile } from "./files/read-file.ts";
import type { PlacePorts } from "./files/readable-place.ts";
import type { Tool } from "./tool.ts";
import { getWeather } from "./weather/get-weather.ts";
import { fetchPage } from "./web/fetch-page.ts";
import { createPageReader } from "./web/page-reader.ts";

export interface ReachingPorts {
  readonly settings: () => Pick<
    Settings,
    "weatherUrl" | "geocodingUrl" | "readableFolders" | "commandsAllowed" | "commandFolder"
  >;
  readonly findRoute: FindRoute;
  readonly internet?: Internet;
  readonly children: Children;
  /** Of the app. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of the person, such as `de-CH`. */
  readonly locale: () => string;
  readonly timers: TimerHost;
  readonly homeFolder: string;
  /** The profile, and whatever else of the app nobody may read. */
  readonly ownFolders: readonly string[];
  /** The built page-reader.worker.ts. */
  readonly pageReaderFile: URL;
}

export function createReachingTools(ports: ReachingPorts): readonly Tool[] {
  const { settings, findRoute, internet = systemInternet } = ports;
  const { resolve } = internet;
  const isOfOthers = (address: string): boolean =>
    isPublicAddress(address) && !internet.ownAddresses().map(plainAddress).includes(plainAddress(address));
  const places: PlacePorts = {
    readableFolders: () => settings().readableFolders,
    ownFolders: ports.ownFolders,
    homeFolder: ports.homeFolder,
  };
  return [
    getWeather({
      // The person has chosen the address; the model has no say in it.
      get: createHttpGet({ resolve, isAllowed: () => true, findRoute }),
      settings,
      locale: ports.locale,
    }),
    fetchPage({
      get: createHttpGet({ resolve, isAllowed: isOfOthers, findRoute }),
      reader: createPageReader(ports.pageReaderFile),
    }),
    findFiles(places),
    readFile(places),
    runCommand(ports),
  ];
}
