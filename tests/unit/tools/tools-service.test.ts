/** Owns the proof that the settings are told why tools of servers are not used. */
import { expect, it } from "vitest";
import { createToolsService } from "../../../electron/main/tools-service.ts";
import { createRegistry } from "../../../electron/main/tools/registry.ts";
import { defaultSettings } from "../../../shared/settings.ts";
import { serverOf } from "../../support/tool-samples.ts";

it("tells at each server that runs why the model is not told of its tools", () => {
  let code: string | null = null;
  const refused = () => "not here";
  const service = createToolsService({
    registry: createRegistry({ builtIn: [] }),
    servers: {
      entries: () => [
        serverOf({ name: "runs", status: "ready", reason: "It has a reason." }),
        serverOf({ name: "off", status: "off", reason: null }),
      ],
      text: () => "",
      problem: () => null,
      imports: () => [],
      saveText: refused,
      importFrom: refused,
      confirm: refused,
      switchServer: refused,
      restart: refused,
    },
    toolsRefusal: () => code,
    approvals: { grants: () => [], revoke: () => undefined, grantsProblem: () => null },
    actions: { list: () => [] },
    settings: {
      read: () => defaultSettings("linux"),
      change: () => ({ kind: "refused", field: "", reason: "" }),
    },
  });
  const reasons = () => service.snapshot().servers.map(({ reason }) => reason);
  expect(reasons()).toEqual(["It has a reason.", null]);
  code = "invalid_value";
  expect(reasons()).toEqual([
    "It has a reason. The model’s server does not take all these tools (invalid_value). Those of servers are left out. Switch off what you do not need.",
    null,
  ]);
});
