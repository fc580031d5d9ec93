/** Owns the names of the sound devices, as main asks for them. It opens none of them. */
import type { ListedDevice, OverlayBridge } from "../../shared/ipc-contract.ts";

const longestLabel = 300;
const mostDevices = 100;

export function answerDeviceLists(
  bridge: Pick<OverlayBridge, "onDeviceList" | "devicesListed">,
  devices: Pick<MediaDevices, "enumerateDevices">,
): void {
  bridge.onDeviceList(({ request }) => void answer(request));

  async function answer(request: number): Promise<void> {
    const found = await devices.enumerateDevices().catch((): MediaDeviceInfo[] => []);
    const listed = found.flatMap(({ kind, label }): ListedDevice[] =>
      kind === "videoinput" ? [] : [{ kind, label: label.slice(0, longestLabel) }],
    );
    bridge.devicesListed({ request, devices: listed.slice(0, mostDevices) });
  }
}
