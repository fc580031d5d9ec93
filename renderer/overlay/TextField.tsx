/**
 * Owns the field for a typed question. The draft belongs to the caller, so that closing the field loses nothing.
 */
import { useEffect, useRef, type KeyboardEvent } from "react";
import { CloseIcon, SendIcon } from "./icons.tsx";
import { RoundButton } from "./RoundButton.tsx";
import { words } from "./words.ts";

export interface TextFieldProps {
  readonly draft: string;
  readonly onDraft: (draft: string) => void;
  readonly onSend: (text: string) => void;
  readonly onClose: () => void;
}

/** Longer questions are refused by the contract. */
const maxChars = 20_000;

export function TextField({ draft, onDraft, onSend, onClose }: TextFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const text = draft.trim();

  useEffect(() => {
    const element = field.current;
    element?.focus();
    element?.setSelectionRange(element.value.length, element.value.length);
  }, []);

  const send = (): void => {
    if (text !== "") onSend(text);
    field.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes, Enter and Esc belong to it.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape") {
      event.preventDefault();
      onClose();
    }
  };

  return (
    <form
      className="text-field"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="text-field-row" data-control="">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          maxLength={maxChars}
          value={draft}
          placeholder={words.questionPlaceholder}
          aria-label={words.question}
          onChange={(event) => onDraft(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          className="send-button"
          aria-label={words.send}
          title={words.send}
          disabled={text === ""}
        >
          <SendIcon />
        </button>
      </div>
      <div className="text-field-foot">
        <span>{words.textFieldHint}</span>
        <RoundButton look="quiet small" label={words.close} onClick={onClose}>
          <CloseIcon />
        </RoundButton>
      </div>
    </form>
  );
}
