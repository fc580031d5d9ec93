/**
 * Owns the gallery's overlay page: the real overlay with a bridge that plays one scene.
 */
import { createRoot } from "react-dom/client";
import { OverlayApp, type ViewBridge } from "../../../renderer/overlay/OverlayApp.tsx";
import type { SessionView } from "../../../shared/session-view.ts";
import { overlayScenes, type OverlayScene } from "./overlay-scenes.ts";

/** What the tests read and drive. */
interface GalleryWindow {
  layout?: unknown;
  calls?: string[];
  show?: (view: SessionView) => void;
}

const query = new URLSearchParams(location.search);
const scene = overlayScenes.find((candidate) => candidate.name === query.get("scene"));
const root = document.getElementById("root");
if (scene === undefined || root === null) throw new Error(`No scene “${query.get("scene")}”.`);
document.documentElement.dataset["background"] = query.get("background") ?? "light";

const gallery = window as GalleryWindow;
gallery.calls = [];

function bridgeOf(played: OverlayScene): ViewBridge {
  const views = new Set<(view: SessionView) => void>();
  const textFields = new Set<(state: { readonly isOpen: boolean }) => void>();
  const call =
    (name: string) =>
    (...values: readonly unknown[]): void => {
      gallery.calls?.push([name, ...values.map(String)].join(" "));
    };
  gallery.show = (view) => {
    for (const listener of views) listener(view);
  };
  return {
    ready: () => {
      gallery.show?.(played.view);
      for (const listener of textFields) listener({ isOpen: played.isTextFieldOpen ?? false });
    },
    layoutChanged: (layout) => {
      gallery.layout = layout;
    },
    ask: call("ask"),
    textFieldClosed: call("textFieldClosed"),
    stop: call("stop"),
    sendAgain: call("sendAgain"),
    dismiss: call("dismiss"),
    keepRecording: call("keepRecording"),
    openSettings: call("openSettings"),
    approve: ({ id, answer }) => call("approve")(id, answer),
    undo: call("undo"),
    onView: (listener) => {
      views.add(listener);
      return () => views.delete(listener);
    },
    onTextField: (listener) => {
      textFields.add(listener);
      return () => textFields.delete(listener);
    },
    onVisible: () => () => {},
  };
}

const subscribeLevel = (listener: (levelDb: number) => void): (() => void) => {
  for (const levelDb of scene.levelsDb ?? []) listener(levelDb);
  return () => {};
};

createRoot(root).render(<OverlayApp bridge={bridgeOf(scene)} subscribeLevel={subscribeLevel} />);
