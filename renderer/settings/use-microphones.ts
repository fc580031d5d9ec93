/**
 * Owns the list of connected devices, kept fresh as they come and go.
 */
import { useEffect, useState } from "react";
import type { MicrophoneAccess } from "./microphone-access.ts";
import type { AudioDevice } from "./microphone-options.ts";

export function useMicrophones(access: MicrophoneAccess): readonly AudioDevice[] {
  const [devices, setDevices] = useState<readonly AudioDevice[]>([]);
  useEffect(() => {
    let isCurrent = true;
    const refresh = async (): Promise<void> => {
      // Without a list the system's choice and the saved microphone are still offered.
      const found = await access.list().catch((): readonly AudioDevice[] => []);
      if (isCurrent) setDevices(found);
    };
    void refresh();
    const unsubscribe = access.onChange(() => void refresh());
    return () => {
      isCurrent = false;
      unsubscribe();
    };
  }, [access]);
  return devices;
}
