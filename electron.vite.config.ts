import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "electron-vite";

const fromRoot = (path: string): string => resolve(import.meta.dirname, path);

export default defineConfig({
  main: {
    build: {
      outDir: "out/main",
      rollupOptions: {
        input: {
          index: fromRoot("electron/main/index.ts"),
          // Each thread is a file of its own.
          "page-reader": fromRoot("electron/main/tools/web/page-reader.worker.ts"),
          "typing.worker": fromRoot("electron/main/x11/typing.worker.ts"),
        },
      },
    },
  },
  preload: {
    build: {
      outDir: "out/preload",
      // A sandboxed preload must be one self-contained CommonJS file: nothing is left external but electron.
      externalizeDeps: false,
      rollupOptions: {
        input: {
          overlay: fromRoot("electron/preload/overlay.ts"),
          settings: fromRoot("electron/preload/settings.ts"),
        },
        output: { format: "cjs", entryFileNames: "[name].cjs" },
      },
    },
  },
  renderer: {
    root: fromRoot("renderer"),
    plugins: [react()],
    build: {
      outDir: "out/renderer",
      rollupOptions: {
        input: {
          overlay: fromRoot("renderer/overlay.html"),
          settings: fromRoot("renderer/settings.html"),
          safe: fromRoot("renderer/safe.html"),
        },
      },
    },
  },
});
