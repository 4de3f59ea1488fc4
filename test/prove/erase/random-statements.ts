/** What beds say in a span of time: each at whole seconds, some seconds apart, and never the same twice in a row. */
import { AXIS_VALUES } from "../../../contracts/bed/axes.ts";
import type { BedEvent } from "../../../contracts/wire/bed-event.ts";
import { freeBed } from "../../cloud/records.ts";
import { below } from "../salvage/seeded.ts";
import { type Guess, statementOf } from "./dictionary.ts";

const SECONDS_APART_MAX = 3;
/** The newest ones of a bed are what it is. */
const KEPT_PER_BED = 2;

export type NumberedStatement = Guess & { readonly seq: number };

export function randomStatements(
  beds: readonly string[],
  { fromMs, seconds }: { readonly fromMs: number; readonly seconds: number },
  random: () => number,
) {
  const before = { observedAtMs: fromMs - 1_000, receivedAtMs: fromMs - 1_000 };
  const setup: BedEvent[] = beds.flatMap((bedId) => freeBed(bedId, before));
  const guesses = beds
    .flatMap((bedId) => saidBy(bedId, { fromMs, seconds }, random))
    .toSorted((left, right) => left.atMs - right.atMs);
  const all = guesses.map((guess, n): NumberedStatement => ({ ...guess, seq: setup.length + n + 1 }));
  const erasable = beds.flatMap((bedId) => all.filter((one) => one.bedId === bedId).slice(0, -KEPT_PER_BED));
  return { events: [...setup, ...guesses.map(statementOf)], all, erasable };
}

function saidBy(
  bedId: string,
  { fromMs, seconds }: { readonly fromMs: number; readonly seconds: number },
  random: () => number,
): Guess[] {
  const said: Guess[] = [];
  let state: Guess["state"] = "absent";
  for (let second = below(random, SECONDS_APART_MAX); second < seconds; ) {
    const others: Guess["state"][] = AXIS_VALUES.occupancy.filter((value) => value !== state);
    state = others[below(random, others.length)] ?? state;
    said.push({ bedId, state, atMs: fromMs + second * 1_000 });
    second += 1 + below(random, SECONDS_APART_MAX);
  }
  return said;
}
