/**
 * Owns being told by the X server that some key has gone down, by a connection of its own (X Input Extension, version
 * 2.2). The server tells it whoever has the focus or has grabbed the keyboard, and nobody has to ask again and again.
 * It never keeps which key that was.
 */
import type { TimerHost } from "../session/ports.ts";
import { connectX11, type X11Connection } from "./connection.ts";
import { extensionOpcodeOf, queryExtensionRequest, request } from "./wire.ts";

/** A connection that broke is made anew after this long: a server that has gone takes Parley with it anyway. */
const againAfterMs = 5_000;

const extensionName = "XInputExtension";
/** Requests of the extension, and its event, as its protocol numbers them. */
const selectEvents = 46;
const queryVersion = 47;
const rawKeyPress = 13;
const allMasterDevices = 1;
const genericEvent = 35;
/** Two halves of 16 bits. */
const version = 2 | (2 << 16);

/** @returns ends it; safe to call twice. `onPress` is not called where the server cannot tell. */
export function watchKeyPresses(
  environment: NodeJS.ProcessEnv,
  timers: TimerHost,
  onPress: () => void,
): () => void {
  let connection: X11Connection | null = null;
  let isEnded = false;
  let cancel = (): void => undefined;

  async function begin(): Promise<void> {
    const opened = await connectX11(environment);
    if (isEnded) return opened?.close();
    if (opened === null) return later();
    connection = opened;
    opened.onClose(later);
    const opcode = extensionOpcodeOf(await opened.ask(queryExtensionRequest(extensionName)));
    if (opcode === null) {
      // No such extension, which does not change; or the connection is gone, and another one is on its way.
      if (opened.isOpen()) end();
      return;
    }
    opened.onEvent((event) => {
      const isPress =
        event[0] === genericEvent && event[1] === opcode && event.readUInt16LE(8) === rawKeyPress;
      if (isPress) onPress();
    });
    const answer = await opened.ask(request(opcode, queryVersion, version));
    if (answer === null) return;
    const oneDevice = 1;
    const oneWord = 1 << 16;
    opened.tell(
      request(
        opcode,
        selectEvents,
        opened.setup().rootWindow,
        oneDevice,
        allMasterDevices | oneWord,
        1 << rawKeyPress,
      ),
    );
  }

  function later(): void {
    connection = null;
    if (!isEnded) cancel = timers.start(againAfterMs, () => void begin());
  }

  function end(): void {
    isEnded = true;
    cancel();
    connection?.close();
  }

  void begin();
  return end;
}
