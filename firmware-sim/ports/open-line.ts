/**
 * One end of a serial line: a device path of this machine (a port, or a pseudo-terminal), or what a serial device server
 * makes of it, a TCP port whose every client hears the line and may speak on it.
 */
import type { RtuPlace } from "../ward-file.ts";
import { openDevicePath } from "./open-device-path.ts";
import { openTcpServer } from "./tcp-server.ts";

export type LineSettings = {
  readonly baudRate: number;
  readonly dataBits: 7 | 8;
  readonly parity: RtuPlace["parity"];
  readonly stopBits: 1 | 2;
};

export type LineWanted = {
  /** `tcp://host:port`, or a path. */
  readonly address: string;
  readonly settings: LineSettings;
  /** From one speaker on the line; what is answered goes to them alone, as a device server has it. */
  readonly onBytes: (bytes: Buffer, answer: (bytes: Buffer) => void, speaker: object) => void;
  /** What a listener who comes in the middle hears first. */
  readonly greeting?: () => Buffer;
};

export type Line = {
  readonly address: string;
  /** The TCP port taken, also when 0 (any) was asked for; null on a device path. */
  readonly port: number | null;
  /** To everybody who listens. */
  write(bytes: Buffer): void;
  close(): Promise<void>;
};

/** A client that reads nothing for so long is cut off, as a device server would: six minutes of a monitor's lines. */
const unreadBytesMax = 64 * 1024;

export function openLine(wanted: LineWanted): Promise<Line> {
  return wanted.address.startsWith("tcp://") ? openTcpLine(wanted) : openDevicePath(wanted);
}

async function openTcpLine({ address, onBytes, greeting }: LineWanted): Promise<Line> {
  const { hostname, port } = new URL(address);
  const server = await openTcpServer({
    host: hostname,
    port: Number(port),
    clientsMax: 8,
    onClient: (client) => {
      // Unread, a client would never be seen to close.
      client.on("data", (bytes: Buffer) => onBytes(bytes, (reply) => void client.write(reply), client));
      if (greeting !== undefined) client.write(greeting());
    },
  });
  return {
    address,
    port: server.port,
    write: (bytes) => {
      for (const client of server.clients) {
        if (client.writableLength > unreadBytesMax) client.destroy();
        else client.write(bytes);
      }
    },
    close: () => server.close(),
  };
}
