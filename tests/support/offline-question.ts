/**
 * Owns a process that asks a question of a server far away and says what it is told first, to be run where there is no
 * network: one line of JSON with the failure's kind and the milliseconds until it was known.
 */
import { openWebSocket } from "../../electron/main/realtime/websocket-transport.ts";
import { systemTimers } from "../../electron/main/timer-host.ts";
import { turnId } from "../../shared/ids.ts";
import { configFor, createPortBench } from "../unit/realtime/port-bench.ts";
import { framesFrom } from "../unit/realtime/support.ts";

const turn = turnId("t1");
const [, , url = ""] = process.argv;
const bench = createPortBench({
  openTransport: openWebSocket,
  timers: systemTimers,
  config: configFor(url),
});
bench.utter(turn, ...framesFrom(0, 20));
const fromMs = performance.now();
bench.port.beginInput(turn, turn);
bench.port.commitInput(turn);
bench.port.requestResponse(turn, 0);
await bench.until("a reason", () => bench.links.some(({ trouble }) => trouble !== null));
const { trouble } = bench.links.find((link) => link.trouble !== null) ?? {};
bench.port.close();
process.stdout.write(JSON.stringify({ kind: trouble?.kind, toldAfterMs: performance.now() - fromMs }));
