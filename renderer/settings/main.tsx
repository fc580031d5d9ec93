/**
 * Owns the settings page's composition: bridge, microphones and view. It decides nothing.
 */
import { createRoot } from "react-dom/client";
import type { SettingsBridge } from "../../shared/ipc-contract.ts";
import { browserMicrophones } from "./microphone-access.ts";
import { SettingsApp } from "./SettingsApp.tsx";

const { parley } = window as unknown as { readonly parley: SettingsBridge };
const root = document.getElementById("root");
if (root === null) throw new Error("settings.html must hold an element with the id “root”.");

createRoot(root).render(<SettingsApp bridge={parley} microphones={browserMicrophones} />);
