/**
 * Gateway and cloud are killed without a word, again and again, while devices of all kinds speak. What was acknowledged
 * must be in the cloud, once. The control is a gateway that acknowledges before it keeps, and must be found to lose.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Claim } from "../claim.ts";
import { type Campaign, runCampaign } from "./campaign.ts";

const SEED = 20_261_126;
const READY_AGAIN_WITHIN_MS = 3_000;
/** One in three is the cloud. */
const victimsOf = (kills: number) =>
  Array.from({ length: kills }, (_, n) => (n % 3 === 1 ? ("cloud" as const) : ("gateway" as const)));
const FULL = { kills: 60, controlKills: 6 };
const SHORT = { kills: 6, controlKills: 2 };
/** Devices at a hospital's pace and a little more, and those of the control, which talk as fast as they may. */
const PACE = { window: 8, pauseMsMax: 100 };
const CONTROL_PACE = { window: 32, pauseMsMax: 4 };

export const proveKill: Claim = async ({ isShort, say }) => {
  const size = isShort ? SHORT : FULL;
  const directory = mkdtempSync(join(tmpdir(), "hospitell-kill-"));
  const common = { seed: SEED, say };
  try {
    const shown = await runCampaign({
      ...common,
      ...PACE,
      directory: join(directory, "shown"),
      gatewayProgram: "gateway/main.ts",
      victims: victimsOf(size.kills),
    });
    say("the control acknowledges before it keeps");
    const control = await runCampaign({
      ...common,
      ...CONTROL_PACE,
      directory: join(directory, "control"),
      gatewayProgram: "test/prove/kill/careless-gateway.ts",
      victims: Array.from({ length: size.controlKills }, () => "gateway"),
    });
    return {
      figures: {
        seed: SEED,
        database: process.env.DATABASE_URL ? "postgresql" : "pglite",
        kills: { gateway: shown.readyAgainMs.gateway.length, cloud: shown.readyAgainMs.cloud.length },
        ...told(shown),
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

function told({ readyAgainMs, lanes, ...figures }: Campaign) {
  return {
    ...figures,
    lanes: Object.fromEntries(lanes.map(({ lane, ...counts }) => [lane, counts])),
    readyAgainMs: { gateway: minMax(readyAgainMs.gateway), cloud: minMax(readyAgainMs.cloud) },
  };
}

const minMax = (values: readonly number[]) => ({ min: Math.min(...values), max: Math.max(...values) });

function missesOf(shown: Campaign): string[] {
  const { ledger } = shown;
  const mustBeNone: readonly (readonly [count: number, what: string])[] = [
    [shown.acknowledgedAndLost, "acknowledged readings are not in the cloud"],
    [shown.countedTwice, "readings are in the cloud twice"],
    [shown.gaps, "records of a lane that its mark claims are neither stored nor parked nor given up"],
    [shown.unsent, "records stand in the gateway's journal and never came to the cloud"],
    [shown.counterFaults, "readings of devices that count up came again or went back"],
    [shown.unheardAfterTheLastKill.length, "devices that are asked or heard were not any more"],
    [
      ledger.shed + ledger.rejected,
      "readings were given up or rejected, though there was room and nothing was wrong",
    ],
  ];
  const slowestMs = Math.max(...shown.readyAgainMs.gateway);
  return [
    ...mustBeNone.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`])),
    ...(shown.isBalanced
      ? []
      : [
          `the ledger does not balance: ${ledger.sent} sent, ${ledger.stored} stored, ${ledger.unacknowledged} unacknowledged`,
        ]),
    ...(slowestMs <= READY_AGAIN_WITHIN_MS
      ? []
      : [`the gateway took ${slowestMs} ms to be ready again, more than ${READY_AGAIN_WITHIN_MS}`]),
  ];
}
