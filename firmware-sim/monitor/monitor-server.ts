import { openTcpServer, type TcpAddress } from "../tcp-server.ts";
import { masimoLine, NO_VALUES, type OximeterValues, type Probe } from "./masimo-line.ts";

export type MonitorServer = {
  readonly port: number;
  /** One line to every client. Without a probe given, it is on when there is any value, and off when there is none. */
  send(values: OximeterValues, probe?: Probe): void;
  close(): Promise<void>;
};

export type MonitorServerWanted = TcpAddress & {
  /** The monitor's own clock, which nobody promises to be right. */
  readonly clockMs?: () => number;
};

/** About six minutes of lines; a client that reads none for so long is cut off, as a device server would. */
const unreadBytesMax = 64 * 1024;

/**
 * A monitor behind a serial device server. A serial line has no beginning: whoever connects hears the end of the line
 * that is under way, and whole lines only after it.
 */
export async function createMonitorServer({
  host,
  port,
  clockMs = Date.now,
}: MonitorServerWanted): Promise<MonitorServer> {
  let line = wire(masimoLine(NO_VALUES, "unplugged", clockMs()));
  const server = await openTcpServer({
    host,
    port,
    clientsMax: 8,
    onClient: (client) => {
      // What a client sends has no meaning for the monitor, but unread it would never be seen to close.
      client.resume();
      client.write(line.subarray(line.length / 2));
    },
  });
  return {
    port: server.port,
    send: (values, probe = isEmpty(values) ? "off" : "on") => {
      line = wire(masimoLine(values, probe, clockMs()));
      for (const client of server.clients) {
        if (client.writableLength > unreadBytesMax) client.destroy();
        else client.write(line);
      }
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
