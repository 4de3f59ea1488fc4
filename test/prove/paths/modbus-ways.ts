/** Ways in over Modbus, beside the rooms': discrete inputs on TCP and on a pseudo-terminal, float registers on RTU over TCP. */
import { readFrom, type UnitMap } from "../../../firmware-sim/modbus/answer.ts";
import { float32Words } from "../../../firmware-sim/modbus/float32.ts";
import { serveModbusTcp } from "../../../firmware-sim/ports/serve-modbus-tcp.ts";
import { serveRtuLine } from "../../../firmware-sim/ports/serve-rtu-line.ts";
import { plugged } from "./plugged.ts";
import type { Way } from "./way.ts";

const POLL_EVERY_MS = 200;
/** A unit whose reply came too late on this busy machine is left alone for so long, lest it be taken for the next one. */
const RTU_RESTS_MS = 1_600;
const SETTINGS = { baudRate: 9_600, dataBits: 8, parity: "none", stopBits: 1 } as const;

/** Our simulator's Modbus TCP server, discrete inputs. */
export async function contactsOnTcp(): Promise<Way> {
  const contacts = new Contacts();
  const server = await serveModbusTcp({ host: "127.0.0.1", port: 0 }, (_unit, ...read) =>
    readFrom(contacts.map(), ...read),
  );
  return {
    name: "modbus-tcp-contacts",
    device: {
      profile: "dry-contacts",
      modbusTcp: { host: "127.0.0.1", port: server.port, unit: 1 },
      expectedIntervalMs: POLL_EVERY_MS,
    },
    decides: "occupancy",
    speaksFirst: true,
    say: contacts.say,
    close: () => server.close(),
  };
}

/** Our simulator's units on a real pseudo-terminal made by socat. */
export async function contactsOnRtuPty(directory: string): Promise<Way> {
  const contacts = new Contacts();
  const pty = await plugged(directory);
  const line = await serveRtuLine({
    address: pty.deviceEnd,
    settings: SETTINGS,
    answer: (unit, ...read) => (unit === 7 ? readFrom(contacts.map(), ...read) : null),
  });
  return {
    name: "modbus-rtu-pty",
    device: {
      profile: "dry-contacts",
      modbusRtu: { line: pty.gatewayEnd, unit: 7 },
      expectedIntervalMs: POLL_EVERY_MS,
    },
    decides: "occupancy",
    speaksFirst: true,
    slowerByMs: RTU_RESTS_MS,
    say: contacts.say,
    async close() {
      await line.close();
      await pty.pull();
    },
  };
}

class Contacts {
  #isOnMat = false;

  map(): UnitMap {
    return {
      discreteInputs: new Map([
        [0, this.#isOnMat ? 1 : 0],
        [1, 0],
      ]),
    };
  }

  readonly say = async (isOccupied: boolean): Promise<number> => {
    this.#isOnMat = isOccupied;
    return Date.now();
  };
}

/** Four float32 cells in another word order, on RTU behind a serial device server. */
export async function padOnRtuTcp(): Promise<Way> {
  let cellKg = 0.15;
  const map = (): UnitMap => ({
    inputRegisters: new Map([0, 1, 2, 3].flatMap(() => float32Words(cellKg, "cdab")).entries()),
  });
  const line = await serveRtuLine({
    address: "tcp://127.0.0.1:0",
    settings: SETTINGS,
    answer: (unit, ...read) => (unit === 9 ? readFrom(map(), ...read) : null),
  });
  return {
    name: "modbus-rtu-tcp-float32",
    device: {
      profile: "load-pad-4",
      modbusRtu: { line: `tcp://127.0.0.1:${line.port}`, unit: 9 },
      wordOrder: "cdab",
      expectedIntervalMs: POLL_EVERY_MS,
    },
    decides: "load",
    speaksFirst: true,
    slowerByMs: RTU_RESTS_MS,
    async say(isOccupied) {
      cellKg = isOccupied ? 17.85 : 0.15;
      return Date.now();
    },
    close: () => line.close(),
  };
}
