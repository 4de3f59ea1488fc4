/** The devices that are only asked or heard. Each answer and each line carries the next number. */
import { join } from "node:path";
import { readFrom } from "../../../firmware-sim/modbus/answer.ts";
import { noninLine } from "../../../firmware-sim/monitor/nonin-line.ts";
import { openLine } from "../../../firmware-sim/ports/open-line.ts";
import { serveModbusTcp } from "../../../firmware-sim/ports/serve-modbus-tcp.ts";
import { serveRtuLine } from "../../../firmware-sim/ports/serve-rtu-line.ts";
import { plugged } from "../paths/plugged.ts";
import type { Places } from "./kill-ward.ts";

/** A slow-changing room's humidity, tenths of a percent. */
const HUMIDITY = 450;
const SETTINGS = { baudRate: 9_600, dataBits: 8, parity: "none", stopBits: 1 } as const;
const LINE_EVERY_MS = 1_000;
/** What a Nonin line has digits for. */
const PULSE_MAX = 999;

export type Counting = { readonly places: Places; close(): Promise<void> };

export async function startCounters(directory: string): Promise<Counting> {
  const tcp = await serveModbusTcp({ host: "127.0.0.1", port: 0 }, counting());
  const rtuPort = await plugged(join(directory, "rtu"));
  const rtu = await serveRtuLine({ address: rtuPort.deviceEnd, settings: SETTINGS, answer: counting() });
  const serialPort = await plugged(join(directory, "serial"));
  const serial = await openLine({
    address: serialPort.deviceEnd,
    settings: SETTINGS,
    onBytes: () => undefined,
  });
  let pulse = 0;
  const lines = setInterval(() => {
    pulse = Math.min(pulse + 1, PULSE_MAX);
    serial.write(
      Buffer.from(`${noninLine({ spo2Pct: 97, pulsePerMin: pulse, perfusionIndex: null }, "on")}\r\n`),
    );
  }, LINE_EVERY_MS);
  return {
    places: {
      modbusTcpPort: tcp.port,
      modbusRtuLine: rtuPort.gatewayEnd,
      serialLine: serialPort.gatewayEnd,
    },
    async close() {
      clearInterval(lines);
      await Promise.all([tcp.close(), rtu.close(), serial.close()]);
      await Promise.all([rtuPort.pull(), serialPort.pull()]);
    },
  };
}

/** A unit whose temperature is how often it was asked. */
function counting() {
  let asked = 0;
  return (unit: number, functionCode: number, address: number, count: number) => {
    if (unit !== 1) return null;
    asked += 1;
    return readFrom(
      {
        inputRegisters: new Map([
          [1, asked],
          [2, HUMIDITY],
        ]),
      },
      functionCode,
      address,
      count,
    );
  };
}
