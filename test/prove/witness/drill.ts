/**
 * Witnesses who are shown an honest log, each at sizes of its own, and then each a lie of its own. What they do with it is
 * judged by what they cosign and by what is on their disks, not by what they say of themselves.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { cosign, gatewayKeyName, parseNote, type Signer } from "../../../contracts/log/note.ts";
import { cosignedAtMs } from "../../../contracts/log/signed-note.ts";
import { findForkFile } from "../../../gateway/log-book/fork-file.ts";
import { Witness } from "../../../gateway/log-book/witness.ts";
import { ed25519Signer } from "../../support/ed25519-signer.ts";
import { below, type Chance } from "../fuzz/noise.ts";
import { History, type Shown } from "./histories.ts";
import { faultOf } from "./judge-evidence.ts";
import { LIES, tell } from "./lies.ts";

export type DrillParts = {
  readonly directory: string;
  readonly witnesses: number;
  /** Honest checkpoints that each is shown before the lie. */
  readonly rounds: number;
  readonly chance: Chance;
  readonly make: (directory: string, signer: Signer) => Drilled;
};
/** `look` answers the cosignature's line where it cosigned. */
export type Drilled = { look(shown: Shown): Promise<string | null> };

export type Drill = {
  readonly honestShown: number;
  readonly honestCosigned: number;
  readonly lied: number;
  /** Witnesses that cosigned what contradicts what they had cosigned before. */
  readonly deceived: number;
  /** That still refuse after a restart, also what is true. */
  readonly steadfast: number;
  /** What is wrong with their evidence files, in sentences. */
  readonly faults: readonly string[];
};

const AT_MS = Date.UTC(2026, 10, 26);
const GROWTH_MAX = 30;

export async function drill({ directory, witnesses, rounds, chance, make }: DrillParts): Promise<Drill> {
  const counts = { honestShown: 0, honestCosigned: 0, lied: 0, deceived: 0, steadfast: 0 };
  const faults: string[] = [];
  const truth = new History();
  for (let n = 0; n < witnesses; n++) {
    const own = join(directory, `witness-${n}`);
    mkdirSync(own, { recursive: true });
    const signer = ed25519Signer(gatewayKeyName(`gw-${n}`), 100 + n);
    const signed = (line: string | null, { checkpoint }: Shown) => isCosigned(checkpoint, line, signer);
    const witness = make(own, signer);
    let seenSize = 0;
    let seen: Shown | null = null;
    for (let round = 0; round < rounds; round++) {
      const size = seenSize + 1 + below(chance, GROWTH_MAX);
      if (truth.size < size) truth.grow(size - truth.size, "what was");
      const shown = truth.shown(size, seenSize, AT_MS + round);
      counts.honestShown += 1;
      if (signed(await witness.look(shown), shown)) counts.honestCosigned += 1;
      [seen, seenSize] = [shown, size];
    }
    if (seen === null) throw new Error("a witness is to see something true first");
    const lie = LIES[n % LIES.length] ?? "fork";
    const told = tell(lie, truth, seenSize, AT_MS + rounds, chance);
    counts.lied += 1;
    let isDeceived = false;
    for (const shown of told.shown) isDeceived = signed(await witness.look(shown), shown) || isDeceived;
    if (isDeceived) counts.deceived += 1;
    const last = told.shown.at(-1);
    const fault = last === undefined ? "nothing was told" : faultOf(findForkFile(own), lie, seen, last);
    if (fault !== null) faults.push(`witness ${n}, ${lie}: ${fault}`);
    truth.grow(Math.max(0, seenSize + 1 - truth.size), "what was");
    const true_ = truth.shown(seenSize + 1, seenSize, AT_MS + rounds + 1);
    const after = [await witness.look(true_), await make(own, signer).look(true_)];
    if (after.every((line) => line === null)) counts.steadfast += 1;
  }
  return { ...counts, faults };
}

const clock = { now: () => ({ atMs: AT_MS, monoMs: 0 }) };

/** The gateway's own. */
export function honest(directory: string, signer: Signer): Drilled {
  const witness = new Witness({ directory, networkKey: null, signer, clock, onRefused() {} });
  return {
    async look(shown) {
      await witness.look(shown);
      const { pending } = witness;
      if (pending === null) return null;
      witness.told(pending);
      return pending.line;
    },
  };
}

/** Cosigns whatever the network's key has signed, and asks for no proof. */
export function careless(_directory: string, signer: Signer): Drilled {
  return {
    async look({ checkpoint }) {
      const note = parseNote(checkpoint);
      return note === null ? null : cosign(note.body, AT_MS, signer);
    },
  };
}

function isCosigned(checkpoint: string, line: string | null, witness: Signer): boolean {
  const note = line === null ? null : parseNote(`${checkpoint}${line}`);
  return note !== null && cosignedAtMs(note, witness) !== null;
}
