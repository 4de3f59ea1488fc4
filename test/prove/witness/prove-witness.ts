/**
 * A cloud that holds the network's key and shows two histories is refused by every honest gateway, each with a file that
 * shows it to others; and what is honest is cosigned by all. The gateways are so many witnesses of the gateway's own code,
 * and some whole processes. The control cosigns without looking, and must be found.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Claim } from "../claim.ts";
import { below, chanceOf } from "../fuzz/noise.ts";
import { careless, type Drill, drill, honest } from "./drill.ts";
import { LIES } from "./lies.ts";
import { deceive } from "./real-gateway.ts";
import { WITNESSED_P99_MS_MAX, type WitnessedInTime, witnessedInTime } from "./witnessed-in-time.ts";

const SEED = 20_261_126;
const FULL = { witnesses: 47, rounds: 20, processes: 3, processRounds: 3 };
const SHORT = { witnesses: 49, rounds: 3, processes: 1, processRounds: 1 };

export const proveWitness: Claim = async ({ isShort, say }) => {
  const size = isShort ? SHORT : FULL;
  const directory = mkdtempSync(join(tmpdir(), "hospitell-witness-"));
  const chance = chanceOf(SEED);
  try {
    say(`${size.witnesses} witnesses and ${size.processes} gateway processes before a cloud that lies`);
    const { witnesses, rounds } = size;
    const first = below(chance, LIES.length);
    const deceiving = Promise.all(
      Array.from({ length: size.processes }, (_gateway, n) =>
        deceive({
          directory: join(directory, `gateway-${n}`),
          lie: LIES[(first + n) % LIES.length] ?? "fork",
          honestRounds: size.processRounds,
          chance: chanceOf(SEED + n),
        }),
      ),
    );
    const shown = await drill({
      directory: join(directory, "honest"),
      witnesses,
      rounds,
      chance,
      make: honest,
    });
    const control = await drill({
      directory: join(directory, "careless"),
      witnesses,
      rounds,
      chance,
      make: careless,
    });
    const faults = [...shown.faults, ...(await deceiving).flat()];
    if (!isShort) say("a bed speaks, and another hospital's gateway cosigns");
    const inTime = isShort ? null : await witnessedInTime(directory, chance);
    const gateways = witnesses + size.processes;
    const refused = gateways - new Set(faults.map((fault) => fault.split(",")[0])).size;
    const { honestShown, honestCosigned, lied, deceived, steadfast } = shown;
    return {
      figures: {
        gateways,
        processes: size.processes,
        refusedWithEvidence: refused,
        lies: LIES.length,
        honestShown,
        honestCosigned,
        witnessed: inTime,
        control: { lied: control.lied, deceived: control.deceived },
      },
      misses: [
        ...faults,
        ...(honestCosigned === honestShown
          ? []
          : [`${honestShown - honestCosigned} true checkpoints were not cosigned`]),
        ...(deceived === 0 ? [] : [`${deceived} of ${lied} witnesses cosigned a lie`]),
        ...(steadfast === witnesses
          ? []
          : [`${witnesses - steadfast} witnesses went on after they had refused`]),
        ...(inTime === null ? [] : timeMisses(inTime)),
        ...controlMisses(control),
      ],
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const controlMisses = ({ deceived, lied }: Drill): string[] =>
  deceived === lied ? [] : [`of ${lied} witnesses who do not look, only ${deceived} were found deceived`];

const timeMisses = ({ events, p99Ms, faults }: WitnessedInTime): string[] => [
  ...faults,
  ...(events > 0 && p99Ms <= WITNESSED_P99_MS_MAX
    ? []
    : [`of ${events} events, 99 % were witnessed within ${p99Ms} ms; ${WITNESSED_P99_MS_MAX} were allowed`]),
];
