/** Ways in over serial lines, beside the monitor's: text on a pseudo-terminal, binary frames behind a device server. */
import { contecFrame, contecFramesPerS } from "../../../firmware-sim/monitor/contec-frame.ts";
import { noninLine } from "../../../firmware-sim/monitor/nonin-line.ts";
import { NO_VALUES } from "../../../firmware-sim/monitor/oximeter-values.ts";
import { openLine } from "../../../firmware-sim/ports/open-line.ts";
import { plugged } from "./plugged.ts";
import type { Way } from "./way.ts";

const WORN = { spo2Pct: 97, pulsePerMin: 72, perfusionIndex: 1.5 };

/** Lines on a real pseudo-terminal: one a second, and at once when the clip goes on or comes off. */
export async function noninOnPty(directory: string): Promise<Way> {
  const pty = await plugged(directory);
  const line = await openLine({
    address: pty.deviceEnd,
    settings: { baudRate: 9_600, dataBits: 8, parity: "none", stopBits: 1 },
    onBytes: () => undefined,
  });
  let isOn = false;
  const speak = () =>
    line.write(Buffer.from(`${noninLine(isOn ? WORN : NO_VALUES, isOn ? "on" : "off")}\r\n`));
  const every = setInterval(speak, 1_000);
  return {
    name: "serial-pty-nonin",
    device: { profile: "nonin-ascii", serial: pty.gatewayEnd },
    decides: "pulse-rate",
    speaksFirst: true,
    async say(isOccupied) {
      isOn = isOccupied;
      const atMs = Date.now();
      speak();
      return atMs;
    },
    async close() {
      clearInterval(every);
      await line.close();
      await pty.pull();
    },
  };
}

/** Sixty binary frames a second behind a serial device server; the gateway takes one of each second. */
export async function contecOnTcp(): Promise<Way> {
  const line = await openLine({
    address: "tcp://127.0.0.1:0",
    settings: { baudRate: 19_200, dataBits: 8, parity: "odd", stopBits: 1 },
    onBytes: () => undefined,
  });
  let isOn = false;
  const startedMs = performance.now();
  const speak = () =>
    line.write(
      contecFrame(isOn ? WORN : NO_VALUES, isOn ? "on" : "off", (performance.now() - startedMs) / 1_000),
    );
  const every = setInterval(speak, 1_000 / contecFramesPerS);
  return {
    name: "serial-tcp-contec",
    slowerByMs: 1_200,
    device: { profile: "contec-cms50d-plus", serial: `tcp://127.0.0.1:${line.port}` },
    decides: "pulse-rate",
    speaksFirst: true,
    async say(isOccupied) {
      isOn = isOccupied;
      return Date.now();
    },
    async close() {
      clearInterval(every);
      await line.close();
    },
  };
}
