/** Owns the words between a tool that is about to run and whoever decides whether it may. It decides nothing. */
import type { CallId, TurnId } from "../../../shared/ids.ts";
import type { Decision } from "../../../shared/tools.ts";
import type { Tool, ToolUse } from "./tool.ts";

export interface GateRequest {
  readonly turnId: TurnId;
  readonly callId: CallId;
  readonly tool: Tool;
  readonly use: ToolUse;
  /** Aborted when the call is given up: the question is withdrawn. */
  readonly signal: AbortSignal;
  /** The person is being asked. */
  readonly onAsked: () => void;
}

export type Clearance =
  | { readonly isAllowed: true; readonly decision: Decision }
  /** `reason` is for the model. */
  | { readonly isAllowed: false; readonly decision: Decision; readonly reason: string };

export interface Gate {
  /** Resolves always, and with a no unless somebody or something has said yes. */
  clear(request: GateRequest): Promise<Clearance>;
  /** Text or a picture from elsewhere has entered the conversation in this turn. */
  taint(turnId: TurnId): void;
}
