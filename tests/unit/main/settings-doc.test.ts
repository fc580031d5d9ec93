import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderSettingsDoc } from "../../../scripts/render-settings-doc.ts";
import { settingsSchema } from "../../../shared/settings.ts";

describe("docs/settings.md", () => {
  it("is what the schema says (npm run docs:settings writes it)", () => {
    const path = new URL("../../../docs/settings.md", import.meta.url);
    expect(readFileSync(path, "utf8")).toBe(renderSettingsDoc());
  });

  it("has a row with a meaning for each setting", () => {
    const rows = renderSettingsDoc().split("\n");
    for (const name of Object.keys(settingsSchema.shape)) {
      expect(rows.filter((row) => row.startsWith(`| \`${name}\` |`) && /\S+ \|$/.test(row))).toHaveLength(1);
    }
  });
});
