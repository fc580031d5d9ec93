/** Owns measuring what the app's processes hold in memory: each heap after a collection, and what each has for its own. */
import { readFile } from "node:fs/promises";
import { monotonicMs } from "../driver/clock.ts";
import { processesOf } from "../driver/computer.ts";
import type { RunningApp } from "../driver/app.ts";
import type { MemorySample } from "./record.ts";

/** Names of Electron's that a reader would not know. */
const names: Readonly<Record<string, string>> = {
  Browser: "main",
  GPU: "graphics",
  "Audio Service": "audio",
  "Network Service": "network",
};

/** A sample of each process that lasts; a window that is open for a moment is none. */
export async function sampleMemory({ app }: RunningApp): Promise<readonly MemorySample[]> {
  const heaps = await collectHeaps(app);
  const processes = await processesOf(app);
  const atMs = monotonicMs();
  const samples = await Promise.all(
    processes.map(async ({ pid, type, name }): Promise<MemorySample | null> => {
      const role = pid === heaps.overlayPid ? "overlay" : (names[name] ?? names[type]);
      const held = await heldBy(pid);
      if (role === undefined || held === null) return null;
      const heapBytes = role === "main" ? heaps.mainBytes : role === "overlay" ? heaps.overlayBytes : null;
      const ownBytes = held.ownBytes - (role === "overlay" ? heaps.closedContexts * closedContextBytes : 0);
      return { monotonicMs: atMs, process: role, pid, heapBytes, ...held, ownBytes };
    }),
  );
  return samples.filter((sample) => sample !== null);
}

/**
 * Chromium 130 keeps what a closed AudioContext had for its worklet, however it was closed: 445 kB for each loudspeaker
 * that was lost, as seen without any code of ours. That is no growth of Parley's.
 */
const closedContextBytes = 445 * 1_024;

interface Attached {
  readonly sessionId?: string;
  readonly targetInfo?: { readonly type: string };
}

/**
 * The heaps with JavaScript of ours, each after a full collection: main's without its compiled code, which grows as long
 * as functions run often enough for the first time; and those of the overlay's page and its worker together, as the
 * debugger has them. Worklets are collected, too: what was heard of an answer lies about there for long, since nothing
 * else of theirs grows. But their heaps are left out, and all but one counted as those of closed contexts.
 */
const collectHeaps = (
  app: RunningApp["app"],
): Promise<{
  readonly mainBytes: number;
  readonly overlayPid: number | null;
  readonly overlayBytes: number | null;
  readonly closedContexts: number;
}> =>
  app.evaluate(async ({ webContents }) => {
    const v8 = process.getBuiltinModule("node:v8");
    const vm = process.getBuiltinModule("node:vm");
    v8.setFlagsFromString("--expose-gc");
    const collect = vm.runInNewContext("gc") as () => void;
    collect();
    const mainBytes = v8
      .getHeapSpaceStatistics()
      .filter(({ space_name: name }) => !/code|trusted|read_only/.test(name))
      .reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
    const page = webContents.getAllWebContents().find((each) => each.getURL().endsWith("/overlay.html"));
    if (page === undefined || page.isCrashed() || page.isLoading()) {
      return { mainBytes, overlayPid: null, overlayBytes: null, closedContexts: 0 };
    }
    const { debugger: devtools } = page;
    const threads: { readonly sessionId: string; readonly type: string }[] = [];
    devtools.on("message", (_event, method, { sessionId, targetInfo }: Attached) => {
      if (method !== "Target.attachedToTarget" || sessionId === undefined) return;
      threads.push({ sessionId, type: targetInfo?.type ?? "" });
    });
    try {
      devtools.attach("1.3");
      const all = { autoAttach: true, waitForDebuggerOnStart: false, flatten: true };
      await devtools.sendCommand("Target.setAutoAttach", all);
      let overlayBytes = 0;
      for (const { sessionId, type } of [{ sessionId: undefined, type: "page" }, ...threads]) {
        await devtools.sendCommand("HeapProfiler.collectGarbage", {}, sessionId);
        const heap = (await devtools.sendCommand("Runtime.getHeapUsage", {}, sessionId)) as {
          usedSize: number;
        };
        if (type === "page" || type === "worker") overlayBytes += heap.usedSize;
      }
      const worklets = threads.filter(({ type }) => type === "worklet").length;
      const closedContexts = Math.max(0, worklets - 1);
      return { mainBytes, overlayPid: page.getOSProcessId(), overlayBytes, closedContexts };
    } finally {
      devtools.removeAllListeners("message");
      if (devtools.isAttached()) devtools.detach();
    }
  });

/**
 * What is resident of a process, and what of that it has taken for itself: anonymous memory and shared memory. Only there
 * can it leak. The rest are pages of files, in the main most of all Electron's own binary: they come one by one, as code
 * runs for the first time, and the system takes them back as it likes. @returns `null` for one that has just ended.
 */
async function heldBy(pid: number): Promise<Pick<MemorySample, "residentBytes" | "ownBytes"> | null> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const bytesOf = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? Number.NaN) * 1_024;
  const residentBytes = bytesOf("VmRSS");
  const ownBytes = bytesOf("RssAnon") + bytesOf("RssShmem");
  return Number.isNaN(residentBytes + ownBytes) ? null : { residentBytes, ownBytes };
}
