/** Owns the wire of a small MCP server over its standard streams, for stubs that need to be worse than a library lets them. */
import { createInterface } from "node:readline";

/** Writes one message. */
export const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

/**
 * Answers the handshake and lists tools; `call` answers the rest.
 * `tools`: a function, so that they can change. `call(name, args, request)`: its result, or a promise of it;
 * `undefined` for none at all. `onNotification(message)`: what the client tells.
 */
export function serve({
  tools,
  call,
  version = "1.0.0",
  onReady = () => undefined,
  onNotification = () => undefined,
}) {
  const answer = async ({ id, method, params }) => {
    switch (method) {
      case "initialize":
        return {
          protocolVersion: params.protocolVersion,
          capabilities: { tools: { listChanged: true } },
          serverInfo: { name: "stub", version },
        };
      case "tools/list":
        return { tools: tools() };
      case "tools/call":
        return call(params.name, params.arguments, { id, params });
      default:
        return {};
    }
  };
  const take = async (line) => {
    const message = JSON.parse(line);
    if (message.method === "notifications/initialized") onReady();
    if (message.id === undefined) return onNotification(message);
    const result = await answer(message);
    if (result !== undefined) send({ id: message.id, result });
  };
  createInterface({ input: process.stdin }).on("line", (line) => void take(line));
}

export const text = (said) => ({ type: "text", text: said });

export const tool = (name, more = {}) => ({
  name,
  description: `The tool ${name}.`,
  inputSchema: { type: "object", properties: {} },
  ...more,
});
