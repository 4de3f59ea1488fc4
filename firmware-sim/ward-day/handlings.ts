/** Weights on a bed that are no patient: linen, cleaners, bags. */
import { MINUTE_MS } from "./bed-spells.ts";
import { between, type Chance, chanceFor, wholeBetween } from "./chance.ts";
import type { BedChange, WardDayPlan } from "./ward-day-plan.ts";

export type HandlingKind = "linen-change" | "cleaner-leans" | "cleaner-kneels" | "visitors-bag";

export type Handling = {
  readonly kind: HandlingKind;
  readonly bedId: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly weightKg: number;
};

type Range = readonly [least: number, most: number];
type Usual = { readonly weightKg: Range; readonly lastsS: Range };

/** Ours, from watching: a bundle of linen, arms on the mattress, one knee on it for the far corner, a handbag. */
const usual = {
  "linen-change": { weightKg: [4, 16], lastsS: [20, 150] },
  "cleaner-leans": { weightKg: [8, 22], lastsS: [2, 8] },
  "cleaner-kneels": { weightKg: [30, 55], lastsS: [2, 20] },
  "visitors-bag": { weightKg: [2, 5], lastsS: [600, 3_600] },
} as const satisfies Record<HandlingKind, Usual>;

const visitorsBegin = 0.35;
const linenWhileAway = 0.4;
const kneelWhileCleaning = 0.35;

/** In order of time. A handling never outlasts the spell in which it began. */
export function handlingsOf(plan: WardDayPlan, bedId: string): readonly Handling[] {
  const chance = chanceFor(plan.seed, "handlings", plan.day, bedId);
  const changes = plan.beds.get(bedId) ?? [];
  return changes
    .flatMap((change, place) => {
      const next = changes[place + 1]?.atMs ?? plan.endsAtMs;
      return duringSpell(change, next, chance);
    })
    .sort((a, b) => a.fromMs - b.fromMs);
}

function duringSpell({ atMs, bedId, truth }: BedChange, endsAtMs: number, chance: Chance): Handling[] {
  const one = (kind: HandlingKind) => handling(kind, bedId, atMs, endsAtMs, chance);
  switch (truth.kind) {
    case "in-bed":
      return chance() < visitorsBegin ? [one("visitors-bag")] : [];
    case "out-of-bed":
      return chance() < linenWhileAway ? [one("linen-change")] : [];
    case "cleaning": {
      const leans = Array.from({ length: wholeBetween(chance, 1, 4) }, () => one("cleaner-leans"));
      return [
        one("linen-change"),
        ...leans,
        ...(chance() < kneelWhileCleaning ? [one("cleaner-kneels")] : []),
      ];
    }
    case "awaiting-cleaning":
    case "clean":
    case "rolled-away":
      return [];
  }
}

function handling(
  kind: HandlingKind,
  bedId: string,
  startsAtMs: number,
  endsAtMs: number,
  chance: Chance,
): Handling {
  const { weightKg, lastsS }: Usual = usual[kind];
  // Nobody handles a bed in the very moment in which a patient gets up from it or comes back.
  const marginMs = Math.min(MINUTE_MS / 2, (endsAtMs - startsAtMs) / 4);
  const roomMs = endsAtMs - startsAtMs - 2 * marginMs;
  const lastsMs = Math.min(Math.round(between(chance, ...lastsS) * 1_000), roomMs);
  const fromMs = Math.round(startsAtMs + marginMs + chance() * (roomMs - lastsMs));
  return {
    kind,
    bedId,
    fromMs,
    untilMs: fromMs + lastsMs,
    weightKg: Math.round(between(chance, ...weightKg) * 10) / 10,
  };
}
