/**
 * Modbus lines under everything that goes wrong on them: no value may stand on another register or bed than its own, none
 * that is old may pass for new, a dead unit may cost the others a tenth of their rate, and each fault is over in three
 * seconds. Each value tells which register of which unit it is, and when it was made. Real sockets, and pseudo-terminals
 * of socat. The control is a master that takes whatever comes next: the same judge must catch it.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Claim } from "../claim.ts";
import { driveCarelessMaster } from "./careless-master.ts";
import { compareDecoding } from "./compare-decoding.ts";
import { exceptionFault, lateFault, type Outcome, rtuFaults, tcpFaults, unplugged } from "./faults.ts";
import { measureShare } from "./share.ts";

const RATIO_MIN = 0.9;
const RECOVERY_MS_MAX = 3_000;
/** Lines for faults that are over with the next reply; the others share theirs among more. */
const QUICK_LINES = 3;
const SHORT = { faults: 20, settleMs: 3_800, measureMs: 2_500, lines: 10, controlFaults: 6 };
const FULL = { faults: 300, settleMs: 6_000, measureMs: 60_000, lines: 10, controlFaults: 60 };

export const proveBuses: Claim = async ({ isShort, say }) => {
  try {
    execFileSync("socat", ["-V"], { stdio: "ignore" });
  } catch {
    throw new Error("socat is missing: apt-get install socat, then try again.");
  }
  const { faults, settleMs, measureMs, lines, controlFaults } = isShort ? SHORT : FULL;
  const directory = mkdtempSync(join(tmpdir(), "hospitell-buses-"));
  const slow = { faults, lines };
  const quick = { faults, lines: QUICK_LINES };
  try {
    say(`every fault ${faults} times, on RTU and TCP; a careless master as the control`);
    // In turns, not all at once: what is measured is the gateway's patience, not the machine's.
    const [control, ...spoken] = await Promise.all([
      driveCarelessMaster(controlFaults),
      rtuFaults("late-reply", slow, lateFault, "no-reply"),
      rtuFaults("another-unit", slow, () => ({ kind: "another-unit" }), "foreign-reply"),
      rtuFaults("wrong-sum", slow, () => ({ kind: "wrong-sum" }), "corrupt-reply"),
      tcpFaults("tcp-late-reply", slow, "late"),
      tcpFaults("tcp-another-unit", quick, "another-unit"),
      tcpFaults("tcp-swapped-id", quick, "swapped"),
      rtuFaults("exception", quick, exceptionFault, "modbus-exception-"),
      rtuFaults("broadcast", quick, () => ({ kind: "broadcast" }), "foreign-reply"),
      rtuFaults("noise", quick, () => ({ kind: "noise" }), "corrupt-reply"),
    ]);
    const pulled = await Promise.all([
      unplugged("unplugged", slow, directory, false),
      unplugged("renamed", slow, directory, true),
    ]);
    const outcomes = [...spoken, ...pulled];
    say("two lines of 32 units, eight of them dead on one");
    const share = await measureShare(directory, settleMs, measureMs);
    const decoding = await compareDecoding({ isShort, say });
    const judges = [...share.judges, ...outcomes.map(({ judge }) => judge)];
    const total = (of: "values" | "wrong" | "stale") => judges.reduce((sum, judge) => sum + judge[of], 0);
    const { judges: _judges, ...rates } = share;
    const misses = [
      ...(rates.ratio < RATIO_MIN
        ? [`with 8 of 32 units dead the others keep ${rates.ratio} of their rate, expected ${RATIO_MIN}`]
        : []),
      ...(total("wrong") > 0 ? [`${total("wrong")} values stood on the wrong register or bed`] : []),
      ...(total("stale") > 0 ? [`${total("stale")} values were old and passed for new`] : []),
      ...outcomes.flatMap(missesOf),
      ...decoding.misses,
      ...(control.wrong + control.stale === 0 ? ["the control, a careless master, was not caught"] : []),
    ];
    const figures = {
      share: rates,
      values: total("values"),
      wrong: total("wrong"),
      stale: total("stale"),
      faults: Object.fromEntries(
        outcomes.map(({ name, faults, recoveryMsMax }) => [name, { faults, recoveryMsMax }]),
      ),
      decoding: decoding.figures,
      control: { values: control.values, wrong: control.wrong, stale: control.stale },
    };
    return { figures, misses };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

function missesOf({ name, recoveryMsMax, uncounted, faults }: Outcome): string[] {
  return [
    ...(recoveryMsMax > RECOVERY_MS_MAX
      ? [`${name}: heard again after ${recoveryMsMax} ms, expected ${RECOVERY_MS_MAX}`]
      : []),
    ...(uncounted > 0 ? [`${name}: ${uncounted} of ${faults} faults were not counted`] : []),
  ];
}
