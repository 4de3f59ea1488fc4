/** A gateway that has waited for its cloud for weeks: its journal is long, and it must be back as fast after a kill. */
import { mkdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GATEWAY_NODE_OPTIONS } from "../../../config/demo/child.ts";
import { DeviceId } from "../../../contracts/wire/ids.ts";
import { InlineJournal } from "../../../gateway/journal/journal-inline.ts";
import type { Series } from "../../../gateway/journal/journal-port.ts";
import { LIFE_DEFAULTS } from "../../../gateway/journal/life/settings.ts";
import { ReadingRows } from "../../../gateway/journal/reading-rows.ts";
import { readingsTopic } from "../../load/load-device.ts";
import { writeSystemFiles } from "../../support/running-system.ts";
import { until } from "../../support/until.ts";
import { weightOf } from "./judge-kill.ts";
import { killWard, SPEAKERS } from "./kill-ward.ts";
import { RememberingDevice } from "./remembering-device.ts";
import { type BackAgain, Supervised } from "./supervised.ts";

const ROWS_A_GROUP = 20_000;
const KILLS = 3;
const LIVES_MS = 1_000;
const ROW_EVERY_MS = 5;
/** Nobody is there: of this proof only the devices that connect are needed. */
const NOWHERE = { modbusTcpPort: 9, modbusRtuLine: "/dev/null", serialLine: "tcp://127.0.0.1:9" };

/** How long after each of some kills it was ready again, with so many rows waiting, while devices speak. */
export async function measureReadyWithRows(directory: string, rows: number): Promise<readonly BackAgain[]> {
  mkdirSync(join(directory, "gateway"), { recursive: true });
  await fillJournal(join(directory, "gateway"), rows);
  const { ward, deviceKeys } = killWard(NOWHERE);
  const { gatewayFile, mqttPort } = await writeSystemFiles({ directory, ward, deviceKeys });
  const gateway = await Supervised.start({
    file: "gateway/main.ts",
    args: ["--config", gatewayFile],
    nodeOptions: GATEWAY_NODE_OPTIONS,
  });
  const speakers = SPEAKERS.filter(({ over, qos }) => over === "tcp" && qos === 1);
  const devices = speakers.map(
    ({ deviceId }) =>
      new RememberingDevice({
        deviceId,
        key: deviceKeys.get(deviceId) ?? "",
        qos: 1,
        topic: readingsTopic(deviceId),
        payload: (n) => Buffer.from(JSON.stringify([{ n: "load", u: "kg", v: weightOf(n) }])),
        window: 8,
        pauseMs: () => 10,
        open: () => connect(mqttPort, "127.0.0.1"),
      }),
  );
  try {
    const isTaken = async () => (devices.every((one) => one.acknowledged.size > 0) ? true : undefined);
    await until("every device was acknowledged something", isTaken, 20_000);
    const back: BackAgain[] = [];
    for (let n = 0; n < KILLS; n++) {
      await sleep(LIVES_MS);
      back.push(await gateway.kill());
    }
    return back;
  } finally {
    for (const device of devices) device.close();
    await gateway.stop();
  }
}

async function fillJournal(directory: string, rows: number): Promise<void> {
  const journal = new InlineJournal({
    file: join(directory, "journal.sqlite"),
    sessionsFile: join(directory, "sessions.sqlite"),
    life: LIFE_DEFAULTS,
  });
  const series: Series[] = SPEAKERS.map(({ deviceId }, n) => ({
    id: n + 1,
    deviceId: DeviceId.parse(deviceId),
    bedId: null,
    roomId: null,
    metric: "load",
    unit: "kg",
  }));
  const beganAtMs = Date.now() - rows * ROW_EVERY_MS;
  for (let from = 0; from < rows; from += ROWS_A_GROUP) {
    const vitals = new ReadingRows(ROWS_A_GROUP);
    for (let n = from; n < Math.min(from + ROWS_A_GROUP, rows); n++) {
      const atMs = beganAtMs + n * ROW_EVERY_MS;
      vitals.push((n % series.length) + 1, atMs, atMs, Number.NaN, 70 + (n % 1_000) / 1_000, 0);
    }
    await journal.append({
      vitals: vitals.take(),
      environment: new ReadingRows(1).take(),
      newSeries: from === 0 ? series : [],
      events: [],
      states: [],
      quarantined: [],
    });
  }
  await journal.close();
}
