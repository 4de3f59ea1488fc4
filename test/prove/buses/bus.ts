/** A bus of the gateway as it runs in a ward, with what it hears given to the judge. */
import { DeviceId } from "../../../contracts/wire/ids.ts";
import { ProblemCounts } from "../../../gateway/ingest/problem-counts.ts";
import { systemClock } from "../../../gateway/moment.ts";
import { LinkBook } from "../../../gateway/transport/link-book.ts";
import { type ModbusWay, runModbusBus } from "../../../gateway/transport/modbus/modbus-bus.ts";
import { type Judge, tellingProfile } from "./judge.ts";

export const rtu = (line: string): ModbusWay => ({
  kind: "rtu",
  line,
  settings: { baudRate: 115_200, dataBits: 8, parity: "none", stopBits: 1 },
});

export type Bus = {
  deviceOf(unit: number): DeviceId;
  problemCount(reasonBegins: string): number;
  end(): Promise<void>;
};

export function startBus(
  name: string,
  way: ModbusWay,
  units: readonly number[],
  everyMs: number,
  judge: Judge,
): Bus {
  const stop = new AbortController();
  const problems = new ProblemCounts();
  const deviceOf = (unit: number) => DeviceId.parse(`${name}-${unit}`);
  const unitOf = new Map(units.map((unit) => [deviceOf(unit), unit]));
  const running = runModbusBus(
    {
      way,
      units: units.map((unit) => ({
        deviceId: deviceOf(unit),
        unit,
        profile: tellingProfile,
        pollEveryMs: everyMs,
      })),
      ingest: { hear: async (message) => judge.hear(unitOf.get(message.deviceId) ?? -1, message) },
      clock: systemClock,
      random: Math.random,
      links: new LinkBook(systemClock),
      problemsOf: () => problems,
    },
    stop.signal,
  );
  return {
    deviceOf,
    problemCount: (reasonBegins) =>
      problems
        .list()
        .filter(({ reason }) => reason.startsWith(reasonBegins))
        .reduce((sum, { count }) => sum + count, 0),
    async end() {
      stop.abort();
      await running;
    },
  };
}
