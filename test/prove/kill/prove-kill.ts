/**
 * Gateway and cloud are killed without a word, again and again, while devices of all kinds speak. What was acknowledged
 * must be in the cloud, once. The control is a gateway that acknowledges before it keeps, and must be found to lose.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spreadOf } from "../../bench/spread.ts";
import type { Claim } from "../claim.ts";
import { type Campaign, runCampaign } from "./campaign.ts";
import type { BackAgain } from "./supervised.ts";
import { measureReadyWithRows } from "./waiting-rows.ts";

const SEED = 20_261_126;
/** What the gateway wants to be back within; a busy machine takes longer, so it is told and does not decide. */
const READY_AGAIN_WITHIN_MS = 3_000;
const WAITING_ROWS = 10_000_000;
/** One in three is the cloud. */
const victimsOf = (kills: number) =>
  Array.from({ length: kills }, (_, n) => (n % 3 === 1 ? ("cloud" as const) : ("gateway" as const)));
const FULL = { kills: 60, controlKills: 6 };
const SHORT = { kills: 6, controlKills: 2 };
const CONTROLS_MAX = 4;
/** Devices at a hospital's pace and a little more, and those of the control, which talk as fast as they may. */
const PACE = { window: 8, pauseMsMax: 100 };
const CONTROL_PACE = { window: 32, pauseMsMax: 4 };

export const proveKill: Claim = async ({ isShort, say }) => {
  const size = isShort ? SHORT : FULL;
  const directory = mkdtempSync(join(tmpdir(), "hospitell-kill-"));
  const databaseUrl = process.env.DATABASE_URL ?? "";
  const common = { seed: SEED, say };
  try {
    const proof = () =>
      runCampaign({
        ...common,
        ...PACE,
        databaseUrl,
        directory: join(directory, "shown"),
        gatewayProgram: "gateway/main.ts",
        victims: victimsOf(size.kills),
      });
    const counterproof = (attempt: number) =>
      runCampaign({
        ...common,
        ...CONTROL_PACE,
        seed: SEED + attempt,
        say: (line) => say(`control: ${line}`),
        databaseUrl,
        directory: join(directory, `control-${attempt}`),
        gatewayProgram: "test/prove/kill/careless-gateway.ts",
        victims: Array.from({ length: size.controlKills }, () => "gateway"),
      });
    const shown = await proof();
    // A kill may fall between two commits, and then loses nothing even of a careless gateway.
    let control = await counterproof(1);
    for (let attempt = 2; attempt <= CONTROLS_MAX && control.acknowledgedAndLost === 0; attempt++)
      control = await counterproof(attempt);
    if (!isShort) say(`${WAITING_ROWS} rows wait, and the gateway is killed`);
    const waiting = isShort ? null : await measureReadyWithRows(join(directory, "waiting"), WAITING_ROWS);
    return {
      figures: {
        seed: SEED,
        database: databaseUrl ? "postgresql" : "pglite",
        kills: { gateway: shown.backAgain.gateway.length, cloud: shown.backAgain.cloud.length },
        ...told(shown),
        ...(waiting === null ? {} : { withRowsWaiting: { rows: WAITING_ROWS, ...spreadOfBack(waiting) } }),
        control: {
          acknowledged: control.acknowledged,
          acknowledgedAndLost: control.acknowledgedAndLost,
          expected: "some lost",
        },
      },
      misses: [
        ...missesOf(shown),
        ...(control.acknowledgedAndLost > 0
          ? []
          : ["control: a gateway that acknowledges before it keeps was not found to lose anything"]),
      ],
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

function told({ backAgain, lanes, ...figures }: Campaign) {
  return {
    ...figures,
    lanes: Object.fromEntries(lanes.map(({ lane, ...counts }) => [lane, counts])),
    readyAgain: {
      gateway: spreadOfBack(backAgain.gateway),
      cloud: spreadOfBack(backAgain.cloud),
      gatewayWantedWithinMs: READY_AGAIN_WITHIN_MS,
    },
  };
}

const spreadOfBack = (back: readonly BackAgain[]) => ({
  tookMs: spreadOf(back.map(({ tookMs }) => tookMs)),
  cpuMs: spreadOf(back.map(({ cpuMs }) => cpuMs)),
});

function missesOf(shown: Campaign): string[] {
  const { ledger } = shown;
  const mustBeNone: readonly (readonly [count: number, what: string])[] = [
    [shown.acknowledgedAndLost, "acknowledged readings are not in the cloud"],
    [shown.countedTwice, "readings are in the cloud twice"],
    [shown.gaps, "records of a lane that its mark claims are neither stored nor parked nor given up"],
    [shown.unsent, "records stand in the gateway's journal and never came to the cloud"],
    [shown.endsByThemselves, "times a process ended though nobody had killed it"],
    [shown.counterFaults, "readings of devices that count up came again or went back"],
    [shown.unheardAfterTheLastKill.length, "devices that are asked or heard were not any more"],
    [
      ledger.shed + ledger.rejected,
      "readings were given up or rejected, though there was room and nothing was wrong",
    ],
  ];
  return [
    ...mustBeNone.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`])),
    ...(shown.isBalanced
      ? []
      : [
          `the ledger does not balance: ${ledger.sent} sent, ${ledger.stored} stored, ${ledger.unacknowledged} unacknowledged`,
        ]),
  ];
}
