/** How the anchoring goes. Every label set is there from the start, at zero. */
import { Counter, Gauge, type Registry } from "prom-client";
import { ANCHOR_SHOWN_STATES, type anchorHealth } from "../anchor/repository.ts";
import { TROUBLE_KINDS } from "../anchor/trouble.ts";
import type { AnchorMeter } from "../anchor/worker.ts";

export function createAnchorMeter(registers: Registry[]): AnchorMeter {
  const troubles = new Counter({
    name: "hospitell_anchor_troubles_total",
    help: "Looks at the chain that ended in trouble, by its kind",
    labelNames: ["kind"],
    registers,
  });
  for (const kind of TROUBLE_KINDS) troubles.inc({ kind }, 0);
  return { troubled: (kind) => troubles.inc({ kind }) };
}

export type AnchorSources = {
  readonly ageMs: () => Promise<number>;
  readonly health: () => ReturnType<typeof anchorHealth>;
};

/** Asked when somebody looks. */
export function watchAnchor({ ageMs, health }: AnchorSources, registers: Registry[]): void {
  new Gauge({
    name: "hospitell_anchor_age_seconds",
    help: "For how long a witnessed checkpoint has waited for its anchor; 0: none waits, or nothing is anchored",
    registers,
    async collect() {
      this.set((await ageMs()) / 1_000);
    },
  });
  new Gauge({
    name: "hospitell_anchor_gas_spent",
    help: "Gas of all anchors in the contract that became final",
    registers,
    async collect() {
      this.set(Number((await health())?.gasSpent ?? 0));
    },
  });
  new Gauge({
    name: "hospitell_anchor_state",
    help: "1 for what the anchoring does now",
    labelNames: ["state"],
    registers,
    async collect() {
      const found = await health();
      for (const state of ANCHOR_SHOWN_STATES) this.set({ state }, found?.state === state ? 1 : 0);
    },
  });
}
