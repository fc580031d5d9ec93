/**
 * Owns which service, model and voice answer, what they are told, and how the person's words are written down.
 */
import { suggestedModels, suggestedVoices } from "../../shared/suggestions.ts";
import { TextSetting } from "./TextSetting.tsx";
import { words } from "./words.ts";

/** Shown in the empty field only; main knows what an empty endpoint means. */
const endpointExample = "https://api.openai.com/v1";

export function ModelSection() {
  return (
    <>
      <TextSetting
        name="endpoint"
        label={words.endpoint.label}
        hint={words.endpoint.hint}
        placeholder={endpointExample}
      />
      <TextSetting
        name="model"
        label={words.model.label}
        hint={words.model.hint}
        suggestions={suggestedModels}
      />
      <TextSetting
        name="voice"
        label={words.voice.label}
        hint={words.voice.hint}
        suggestions={suggestedVoices}
      />
      <TextSetting
        name="instructions"
        label={words.instructions.label}
        hint={words.instructions.hint}
        isMultiline
      />
      <TextSetting
        name="transcriptionModel"
        label={words.transcriptionModel.label}
        hint={words.transcriptionModel.hint}
      />
      <TextSetting
        name="transcriptionLanguage"
        label={words.transcriptionLanguage.label}
        hint={words.transcriptionLanguage.hint}
        placeholder={words.transcriptionLanguage.placeholder}
      />
    </>
  );
}
