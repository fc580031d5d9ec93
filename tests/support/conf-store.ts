/** Owns electron-store without Electron: the class that it is built on, with the same options. */
import Conf from "conf";
import type { Store, StoreOptions } from "../../electron/main/profile-file.ts";

export const openConf = ({ name, ...options }: StoreOptions): Store =>
  new Conf<Record<string, unknown>>({ ...options, configName: name });
