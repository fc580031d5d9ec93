/**
 * Owns the tool that lets the model see the display with the cursor. The picture is taken before the person is asked,
 * so that they see what would be sent; without a yes it never leaves this process.
 */
import { z } from "zod";
import { parseArguments, schemaOf } from "../built-in-tool.ts";
import { ToolFailure, type Tool, type ToolImage } from "../tool.ts";
import { fitPicture, thumbnailOf, type Screenshot } from "./fit-picture.ts";

/** Takes a picture of the display with the cursor. Rejects with a ToolFailure where the system does not allow it. */
export type TakeScreenshot = () => Promise<Screenshot>;

const parameters = z.object({});

/** What is sent to the model of a screen. Throws a ToolFailure when there is nothing that could be. */
export async function seeScreen(takeScreenshot: TakeScreenshot): Promise<{
  readonly image: ToolImage;
  readonly thumbnail: string;
  readonly display: string;
}> {
  const shot = await takeScreenshot();
  const base64 = fitPicture(shot);
  if (base64 === null) throw new ToolFailure("The picture of the screen is too large to be sent.");
  return {
    image: { mimeType: "image/jpeg", base64 },
    thumbnail: thumbnailOf(shot),
    display: shot.display,
  };
}

export function lookAtScreen(takeScreenshot: TakeScreenshot): Tool {
  return {
    name: "look_at_screen",
    title: "Look at the screen",
    description:
      "Takes a picture of the display that the user looks at and shows it to you. Use it when the user asks about something on their screen. The picture is gone after your answer.",
    origin: { kind: "built-in" },
    risk: "private-read",
    schema: schemaOf(parameters),
    timeBoundMs: 5_000,
    obstacle: () => null,
    async prepare(raw) {
      parseArguments(parameters, raw);
      const { image, thumbnail, display } = await seeScreen(takeScreenshot);
      return {
        summary: display,
        lines: [{ label: "Sends", text: "this picture of the screen, as it is now, to the model" }],
        thumbnail,
        risk: "private-read",
        // Each picture shows something else: for good, nobody can know what they allow.
        pattern: null,
        run: () => ({
          output: { shown: "The picture of the screen follows." },
          summary: "Shown to the model",
          source: "screen",
          images: [image],
        }),
      };
    },
  };
}
