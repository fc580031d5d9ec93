/**
 * Owns the order of a conversation's items and who may come after whom.
 * Never emits an event and never looks inside an item beyond its ids.
 */
import type { Item } from "./items.ts";
import { accept, invalidRequest, refuse } from "./wire-error.ts";
import type { Checked } from "./wire-error.ts";

export class ItemStore {
  #items: Item[] = [];

  /** A copy: later changes of the order do not reach it. */
  all(): readonly Item[] {
    return [...this.#items];
  }

  get(id: string): Item | undefined {
    return this.#items.find((item) => item.id === id);
  }

  lastId(): string | null {
    return this.#items.at(-1)?.id ?? null;
  }

  append(item: Item): { previousId: string | null } {
    const previousId = this.lastId();
    this.#items.push(item);
    return { previousId };
  }

  /** After `previousId`; `"root"` is the front, and nothing given is the end. */
  insert(item: Item, previousId: string | null | undefined): Checked<{ previousId: string | null }> {
    if (this.get(item.id) !== undefined) {
      const message = `Error adding item: an item with id '${item.id}' already exists.`;
      return refuse(invalidRequest("item_create_duplicate_item_id", message, "item.id"));
    }
    if (item.type === "function_call_output" && !this.#hasCall(item.call_id)) {
      const message = `Tool call ID '${item.call_id}' not found in conversation.`;
      return refuse(invalidRequest("invalid_tool_call_id", message));
    }
    if (previousId === undefined || previousId === null) {
      return accept(this.append(item));
    }
    if (previousId === "root") {
      this.#items.unshift(item);
      return accept({ previousId: null });
    }
    const index = this.#items.findIndex((other) => other.id === previousId);
    if (index < 0) {
      const message = `Item with item_id not found: ${previousId}`;
      return refuse(invalidRequest("item_create_invalid_previous_item_id", message, "previous_item_id"));
    }
    this.#items.splice(index + 1, 0, item);
    return accept({ previousId });
  }

  delete(id: string): boolean {
    const index = this.#items.findIndex((item) => item.id === id);
    if (index < 0) {
      return false;
    }
    this.#items.splice(index, 1);
    return true;
  }

  #hasCall(callId: string): boolean {
    return this.#items.some((item) => item.type === "function_call" && item.call_id === callId);
  }
}
