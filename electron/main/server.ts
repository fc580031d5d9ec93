/**
 * Owns which server is in force and what it is told: the choice, the practice server while it is needed, the
 * configuration of the next connection. It dials nothing by itself.
 */
import type { Destination } from "../../shared/session-view.ts";
import type { Settings } from "../../shared/settings.ts";
import type { Practice } from "./practice/practice-server.ts";
import { authHeaders, resolveEndpoint } from "./realtime/endpoint.ts";
import type { RealtimeConfig } from "./realtime/realtime-port.ts";
import { sessionConfig, type FunctionTool } from "./realtime/session-config.ts";
import { chooseServer, type ServerChoice } from "./server-choice.ts";

export interface ServerDeps {
  readonly settings: () => Settings;
  readonly environmentBaseUrl: string | undefined;
  readonly keyFor: (origin: string) => string | null;
  readonly tools: () => readonly FunctionTool[];
  readonly startPractice: () => Promise<Practice>;
}

export interface Server {
  choice(): ServerChoice;
  destination(): Destination;
  config(): RealtimeConfig;
  /** Starts practice if it is what is chosen now. Rejects when it cannot start. */
  prepare(): Promise<void>;
  close(): Promise<void>;
}

export function createServer(deps: ServerDeps): Server {
  let practice: Practice | null = null;
  let starting: Promise<Practice> | null = null;

  const choice = (): ServerChoice =>
    chooseServer({
      settings: deps.settings(),
      environmentBaseUrl: deps.environmentBaseUrl,
      keyFor: deps.keyFor,
    });

  function target(): RealtimeConfig["target"] {
    const chosen = choice();
    switch (chosen.kind) {
      case "failed":
        return { kind: "failed", failure: chosen.failure };
      case "server": {
        const { url, host, auth } = chosen.endpoint;
        return {
          kind: "ok",
          url,
          host,
          headers: authHeaders(auth, chosen.apiKey),
        };
      }
      case "practice":
        return practiceTarget();
    }
  }

  function practiceTarget(): RealtimeConfig["target"] {
    if (practice === null) return { kind: "failed", failure: { kind: "internal" } };
    const endpoint = resolveEndpoint(practice.baseUrl, practice.model);
    if (endpoint.kind === "bad-endpoint") throw new Error("Practice must have a loopback address.");
    const { url, host, auth } = endpoint;
    return { kind: "ok", url, host, headers: authHeaders(auth, practice.apiKey) };
  }

  return {
    choice,
    destination() {
      const chosen = choice();
      switch (chosen.kind) {
        case "practice":
          return { kind: "practice" };
        case "server":
          return { kind: "server", host: chosen.endpoint.host };
        case "failed":
          return { kind: "server", host: chosen.host };
      }
    },
    config() {
      const settings = deps.settings();
      const isPractice = choice().kind === "practice";
      const voice = isPractice && practice !== null ? practice.voice : settings.voice;
      return {
        target: target(),
        session: sessionConfig({ ...settings, voice }, deps.tools()),
        idleDisconnectMs: settings.idleDisconnectSeconds * 1000,
      };
    },
    async prepare() {
      if (choice().kind !== "practice" || practice !== null) return;
      starting ??= deps.startPractice();
      try {
        practice = await starting;
      } finally {
        // One that could not start is tried again the next time.
        starting = null;
      }
    },
    async close() {
      await practice?.close();
    },
  };
}
