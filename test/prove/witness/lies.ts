/** What a cloud that holds the network's key can show a gateway that has seen something else. */
import { below, type Chance } from "../fuzz/noise.ts";
import { type History, OTHER_NETWORK, type Shown, STRANGER } from "./histories.ts";

export const LIES = [
  "fork",
  "fork-under-the-true-way",
  "fork-without-a-way",
  "same-size",
  "shrunk",
  "shrunk-and-grown-again",
  "another-key",
  "another-log",
] as const;
export type Lie = (typeof LIES)[number];

/** What is shown, in order; of the last an honest gateway keeps evidence, and it cosigns none. */
export type Told = { readonly lie: Lie; readonly shown: readonly Shown[] };

const GROWTH_MAX = 40;

/** `truth` is what the gateway has seen up to `seenSize`, at least 1. */
export function tell(lie: Lie, truth: History, seenSize: number, atMs: number, chance: Chance): Told {
  const newSize = seenSize + 1 + below(chance, GROWTH_MAX);
  const at = below(chance, seenSize);
  const fork = truth.forkAt(at, newSize);
  switch (lie) {
    case "fork":
      return { lie, shown: [fork.shown(newSize, seenSize, atMs)] };
    case "fork-under-the-true-way": {
      const { consistency } = truth.forkAt(seenSize, newSize).shown(newSize, seenSize, atMs);
      return { lie, shown: [{ ...fork.shown(newSize, seenSize, atMs), consistency }] };
    }
    case "fork-without-a-way":
      return { lie, shown: [{ ...fork.shown(newSize, seenSize, atMs), consistency: [] }] };
    case "same-size":
      return { lie, shown: [fork.shown(seenSize, seenSize, atMs)] };
    case "shrunk":
      return { lie, shown: [truth.shown(at, seenSize, atMs)] };
    case "shrunk-and-grown-again": {
      const smaller = below(chance, seenSize);
      // With the time of long ago, so that it may be an answer that was late.
      const shrunk = truth.shown(smaller, seenSize, 0);
      return { lie, shown: [shrunk, truth.forkAt(smaller, newSize).shown(newSize, seenSize, atMs + 1)] };
    }
    case "another-key":
      return { lie, shown: [truth.forkAt(seenSize, newSize).shown(newSize, seenSize, atMs, STRANGER)] };
    case "another-log":
      return { lie, shown: [truth.forkAt(seenSize, newSize).shown(newSize, seenSize, atMs, OTHER_NETWORK)] };
  }
}

/** Two notes that the network's own key signed and that cannot both be true; the others are of no such key. */
export const isProvenByNotes = (lie: Lie): boolean => lie !== "another-key" && lie !== "another-log";
