/**
 * What the bed events of a salvaged journal tell. The cloud makes the beds of a new epoch of these events alone, and what
 * a state has told is told once and not again. So a state that knows more than the events tell does not go into the new
 * journal: its bed is put into service anew, or begins as not known, and is told of again.
 */
import { isDeepStrictEqual } from "node:util";
import type { BedEvent } from "../../../contracts/wire/bed-event.ts";
import type { StoredBedState } from "../../interpret/bed-state.ts";

const DECLARED = ["service", "staffing", "infection"] as const;

const AXES = ["occupancy", "readiness", ...DECLARED] as const;

/** `facts` are those that the bed was put into service with. */
type Told = { readonly facts: object } & Readonly<Record<(typeof AXES)[number], string>>;
type Commissioned = { readonly declared: Pick<Told, (typeof DECLARED)[number]> };

export class ToldBeds {
  readonly #beds = new Map<string, Told>();

  /** In order. Its checksum was right, so it is as this program wrote it. */
  hear(body: string): void {
    const { kind, observedAtMs: _observed, receivedAtMs: _received, ...rest } = JSON.parse(body) as BedEvent;
    const { bedId } = rest;
    if (kind === "bed-commissioned") {
      this.#beds.set(bedId, { ...(this.#beds.get(bedId) ?? NOTHING_TOLD), facts: rest });
      return;
    }
    const told = this.#beds.get(bedId);
    if (told === undefined) return;
    const axis = AXES.find((one) => kind === `${one}-changed`);
    if (kind === "bed-decommissioned") this.#beds.delete(bedId);
    else if (axis !== undefined && "to" in rest) this.#beds.set(bedId, { ...told, [axis]: rest.to });
  }

  /** A room's state is not looked at so closely: it is known again with its sensors' next words. */
  bearsOut([subject, body]: readonly [subject: string, body: string]): boolean {
    const [kind, bedId = ""] = subject.split(":", 2);
    if (kind !== "bed" && kind !== "commissioned") return false;
    const state: unknown = JSON.parse(body);
    // It was taken out of service.
    if (state === null) return true;
    const told = this.#beds.get(bedId);
    if (told === undefined) return false;
    if (kind === "bed") {
      const { occupancy, readiness } = state as StoredBedState;
      return occupancy === told.occupancy && readiness === told.readiness;
    }
    const { declared, ...facts } = state as Commissioned;
    return (
      isDeepStrictEqual(told.facts, { bedId, ...facts }) &&
      DECLARED.every((axis) => told[axis] === declared[axis])
    );
  }
}

const NOTHING_TOLD: Told = {
  facts: {},
  occupancy: "unknown",
  readiness: "unknown",
  service: "unknown",
  staffing: "unknown",
  infection: "unknown",
};
