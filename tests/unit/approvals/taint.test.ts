/** Owns the proof of how long text from elsewhere counts. */
import { expect, it } from "vitest";
import { createTaint } from "../../../electron/main/approvals/taint.ts";
import { turnId } from "../../../shared/ids.ts";

const [one, two, three, four] = ["1", "2", "3", "4"].map(turnId) as [
  ReturnType<typeof turnId>,
  ReturnType<typeof turnId>,
  ReturnType<typeof turnId>,
  ReturnType<typeof turnId>,
];

it("taints the turn in which it came and the next one, and no other", () => {
  const taint = createTaint();
  taint.turnBegan(one);
  expect(taint.isTainted(one)).toBe(false);
  taint.note(one);
  expect(taint.isTainted(one)).toBe(true);
  taint.turnBegan(two);
  expect(taint.isTainted(two)).toBe(true);
  taint.turnBegan(three);
  expect(taint.isTainted(three)).toBe(false);
});

it("counts from the turn that is told of it: a call of an older turn ends late", () => {
  const taint = createTaint();
  for (const turn of [one, two, three]) taint.turnBegan(turn);
  taint.note(one);
  expect(taint.isTainted(three)).toBe(true);
  taint.turnBegan(four);
  expect(taint.isTainted(four)).toBe(true);
});

it("counts what a turn begins with as of that turn, though it is announced a moment later", () => {
  const taint = createTaint();
  taint.turnBegan(one);
  taint.note(two);
  for (const turn of [two, three]) taint.turnBegan(turn);
  expect(taint.isTainted(two)).toBe(true);
  expect(taint.isTainted(three)).toBe(true);
  taint.turnBegan(four);
  expect(taint.isTainted(four)).toBe(false);
});

it("goes on as long as more comes", () => {
  const taint = createTaint();
  taint.turnBegan(one);
  taint.note(one);
  taint.turnBegan(two);
  taint.note(two);
  taint.turnBegan(three);
  expect(taint.isTainted(three)).toBe(true);
});

it("takes a turn that nobody announced for the newest", () => {
  const taint = createTaint();
  taint.turnBegan(one);
  taint.note(one);
  expect(taint.isTainted(four)).toBe(true);
});

it("is told of a turn twice without counting it twice", () => {
  const taint = createTaint();
  taint.turnBegan(one);
  taint.note(one);
  taint.turnBegan(one);
  taint.turnBegan(two);
  taint.turnBegan(two);
  expect(taint.isTainted(two)).toBe(true);
});
