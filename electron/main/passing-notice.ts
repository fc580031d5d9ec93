/**
 * Owns a word to the person that has nothing to do with the conversation: shown in the overlay for a few seconds over
 * whatever view there is, and gone as soon as something happens there.
 */
import type { NoticeView, SessionView } from "../../shared/session-view.ts";
import type { TimerHost } from "./session/ports.ts";

/** Two short sentences, read without hurry. */
export const passingNoticeShownMs = 5_000;

export interface PassingNotice {
  /** Over the present view, which `onChange` is then told to show again. */
  show(notice: NoticeView, over: SessionView): void;
  /** The view as it is to be shown now. */
  dress(view: SessionView): SessionView;
}

export function createPassingNotice(timers: TimerHost, onChange: () => void): PassingNotice {
  let present: { readonly notice: NoticeView; readonly over: SessionView } | null = null;
  let cancel: () => void = () => undefined;

  const isSame = (over: SessionView, view: SessionView): boolean =>
    over.phase === view.phase && over.turnId === view.turnId && over.notice?.title === view.notice?.title;

  return {
    show(notice, over) {
      cancel();
      present = { notice, over };
      cancel = timers.start(passingNoticeShownMs, () => {
        present = null;
        onChange();
      });
      onChange();
    },
    dress(view) {
      if (present === null) return view;
      if (isSame(present.over, view)) return { ...view, notice: present.notice };
      cancel();
      present = null;
      return view;
    },
  };
}
