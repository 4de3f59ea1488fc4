import { openLine } from "../ports/open-line.ts";
import type { TcpAddress } from "../ports/tcp-server.ts";
import { type MasimoModel, masimoLine } from "./masimo-line.ts";
import { NO_VALUES, type OximeterValues, type Probe } from "./oximeter-values.ts";

export type MonitorServer = {
  readonly port: number;
  /** One line to every client. Without a probe given, it is on when there is any value, and off when there is none. */
  send(values: OximeterValues, probe?: Probe): void;
  close(): Promise<void>;
};

export type MonitorServerWanted = TcpAddress & {
  /** The monitor's own clock, which nobody promises to be right. */
  readonly clockMs?: () => number;
  readonly model?: MasimoModel;
};

/** Masimo's ASCII 1 is always 9600 8N1. */
const masimoSettings = { baudRate: 9_600, dataBits: 8, parity: "none", stopBits: 1 } as const;

/**
 * A Masimo that somebody drives by hand, behind a serial device server. A serial line has no beginning: whoever connects
 * hears the end of the line that is under way, and whole lines only after it.
 */
export async function createMonitorServer(wanted: MonitorServerWanted): Promise<MonitorServer> {
  const { host, port, clockMs = Date.now, model = "radical-7" } = wanted;
  let line = wire(masimoLine(NO_VALUES, "unplugged", clockMs(), model));
  const server = await openLine({
    address: `tcp://${host}:${port}`,
    settings: masimoSettings,
    // What a client sends has no meaning for the monitor.
    onBytes: () => undefined,
    greeting: () => line.subarray(line.length / 2),
  });
  return {
    port: server.port ?? port,
    send: (values, probe = isEmpty(values) ? "off" : "on") => {
      line = wire(masimoLine(values, probe, clockMs(), model));
      server.write(line);
    },
    close: () => server.close(),
  };
}

function wire(line: string): Buffer {
  return Buffer.from(`${line}\r\n`, "ascii");
}

function isEmpty(values: OximeterValues): boolean {
  return Object.values(values).every((value) => value === null);
}
