/** The Modbus path: a room grows too warm and cools again, on the simulator's server and on pymodbus. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createRoomSensorServer } from "../../../firmware-sim/room-sensor/room-sensor-server.ts";
import type { Change, Tile } from "./tiles.ts";

const WARM_CEL = 27.5;
const ORDINARY_CEL = 22.5;

const isOut = (tile: Tile) => tile.badges.split(" ").includes("room-out-of-limits");
const isIn = (tile: Tile) => !isOut(tile);

export type Room = {
  readonly roomId: string;
  setTemperatureCel(celsius: number): void;
  close(): Promise<void>;
};

export async function startOwnRoom(port: number): Promise<Room> {
  const server = await createRoomSensorServer({ host: "127.0.0.1", port });
  server.setTemperatureCel(1, ORDINARY_CEL);
  server.setRelativeHumidityPct(1, 45);
  return {
    roomId: "modbus-own",
    setTemperatureCel: (celsius) => server.setTemperatureCel(1, celsius),
    close: () => server.close(),
  };
}

/** On a TCP port, or on a serial device. */
export async function startPymodbusRoom(roomId: string, where: number | string): Promise<Room> {
  const script = new URL("../peers/pymodbus_room.py", import.meta.url).pathname;
  // Debian's Python, which has Debian's python3-pymodbus.
  const peer: ChildProcess = spawn(
    "/usr/bin/python3",
    [script, typeof where === "number" ? "tcp" : "rtu", String(where)],
    {
      stdio: ["pipe", "pipe", "ignore"],
    },
  );
  const [first] = peer.stdout === null ? [""] : await once(peer.stdout, "data");
  if (String(first).trim() !== "ready")
    throw new Error(`pymodbus said "${String(first).trim()}" instead of ready`);
  return {
    roomId,
    setTemperatureCel: (celsius) => void peer.stdin?.write(`${Math.round(celsius * 10)} 450\n`),
    async close() {
      const exited = once(peer, "exit");
      peer.stdin?.end();
      await exited;
    },
  };
}

/** Pauses differ, so that changes do not keep step with the polls. */
export async function driveRoom(room: Room, count: number): Promise<Change[]> {
  const changes: Change[] = [];
  for (let n = 0; n < count; n++) {
    const isWarm = n % 2 === 0;
    const atMs = Date.now();
    room.setTemperatureCel(isWarm ? WARM_CEL : ORDINARY_CEL);
    changes.push({ bedId: `bed-in-${room.roomId}`, atMs, shows: isWarm ? isOut : isIn });
    await sleep(1_800 + ((n * 37) % 200));
  }
  return changes;
}
