import { tickEvery } from "../pause.ts";
import type { TruthLog } from "../truth-log.ts";
import type { WardClock } from "../ward-day/ward-clock.ts";
import type { Hospital } from "../ward-file.ts";
import { climateAt, excursionAt } from "./climate-day.ts";
import { createRoomSensorServer, type RoomSensorServer } from "./room-sensor-server.ts";

export type RoomSensorsParts = {
  readonly hospital: Hospital;
  readonly clock: WardClock;
  readonly seed: number;
  readonly truthLog: TruthLog;
  readonly ready: (line: string) => void;
};

/** All room sensors of a hospital, each converter (host and port) with the units behind it. */
export async function runRoomSensors(parts: RoomSensorsParts, signal: AbortSignal): Promise<void> {
  const { hospital, clock, seed, truthLog, ready } = parts;
  const converters = new Map<string, RoomSensorServer>();
  try {
    const rooms: LiveRoom[] = [];
    for (const { roomId, host, port, unit } of hospital.roomSensors) {
      const address = `${host}:${port}`;
      const server = converters.get(address) ?? (await createRoomSensorServer({ host, port }));
      converters.set(address, server);
      rooms.push({ roomId, unit, server, kind: undefined });
    }
    const measure = () => {
      for (const room of rooms) measureRoom(room, { seed, wardTimeMs: clock.wardTimeMs(), truthLog });
    };
    measure();
    ready(`room sensors of ${hospital.id}: ${rooms.length} on ${[...converters.keys()].join(", ")}`);
    await tickEvery({ everyMs: 1000, firstAfterMs: 1000 }, measure, signal);
  } finally {
    await Promise.all([...converters.values()].map((server) => server.close()));
  }
}

type LiveRoom = {
  readonly roomId: string;
  readonly unit: number;
  readonly server: RoomSensorServer;
  kind: string | undefined;
};

type Moment = { readonly seed: number; readonly wardTimeMs: number; readonly truthLog: TruthLog };

function measureRoom(room: LiveRoom, { seed, wardTimeMs, truthLog }: Moment): void {
  const chance = { seed, roomId: room.roomId };
  const { temperatureCel, relativeHumidityPct } = climateAt(chance, wardTimeMs);
  room.server.setTemperatureCel(room.unit, temperatureCel);
  room.server.setRelativeHumidityPct(room.unit, relativeHumidityPct);

  const kind = excursionAt(chance, wardTimeMs)?.kind ?? "climate-ordinary";
  if (kind !== room.kind) truthLog.write({ roomId: room.roomId, kind });
  room.kind = kind;
}
