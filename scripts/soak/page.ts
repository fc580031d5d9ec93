/** Owns what a person does in the overlay and reads there, in whichever page it has at the moment. */
import type { World } from "./world.ts";

/** A page that goes away in the middle never answers. */
const answerBoundMs = 1_500;

/** Runs a piece of script in the overlay's page. @returns `null` while there is none that answers. */
async function inOverlay<Result>({ running }: World, script: string): Promise<Result | null> {
  return (await running.app.evaluate(
    ({ webContents }, { source, boundMs }) => {
      const page = webContents.getAllWebContents().find((each) => each.getURL().endsWith("/overlay.html"));
      if (page === undefined || page.isCrashed() || page.isLoading()) return null;
      const late = new Promise<null>((resolve) => {
        setTimeout(() => resolve(null), boundMs);
      });
      return Promise.race([page.executeJavaScript(source).catch(() => null), late]) as Promise<unknown>;
    },
    { source: script, boundMs: answerBoundMs },
  )) as Result | null;
}

/** Asks by the way of the text field, without the typing. @returns whether there was a page to ask by. */
export const askInWriting = async (world: World, text: string): Promise<boolean> =>
  (await inOverlay<true>(world, `parley.ask(${JSON.stringify(text)}), true`)) === true;

/** Clicks the notice's button if it has this label. */
export const clickNotice = async (world: World, label: string): Promise<boolean> =>
  (await inOverlay<boolean>(
    world,
    `(() => {
      const button = document.querySelector(".notice-action");
      if (button?.textContent !== ${JSON.stringify(label)}) return false;
      button.click();
      return true;
    })()`,
  )) === true;

export interface Shown {
  readonly phase: string | null;
  readonly notice: string | null;
}

/** What can be read. */
export const shownIn = (world: World): Promise<Shown | null> =>
  inOverlay<Shown>(
    world,
    `({
      phase: document.querySelector("main")?.dataset.phase ?? null,
      notice: document.querySelector(".notice-title")?.textContent ?? null,
    })`,
  );
