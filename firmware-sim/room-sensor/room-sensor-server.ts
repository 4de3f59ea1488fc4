import { type ClimateValues, climateRegisters } from "../devices/climate-sensor.ts";
import { readFrom } from "../modbus/answer.ts";
import { serveModbusTcp } from "../ports/serve-modbus-tcp.ts";
import type { TcpAddress } from "../ports/tcp-server.ts";

export type RoomSensorServer = {
  readonly port: number;
  /** A unit is on the line from its first value on; the other value is then 22.0 °C or 45.0 %RH until it is set. */
  setTemperatureCel(unit: number, temperatureCel: number): void;
  setRelativeHumidityPct(unit: number, relativeHumidityPct: number): void;
  /** As if its wire were pulled: requests to it are no longer answered. */
  unplug(unit: number): void;
  close(): Promise<void>;
};

const atFirst: ClimateValues = { temperatureCel: 22, relativeHumidityPct: 45 };

/** XY-MD02 sensors that somebody sets by hand, behind a Modbus TCP converter. */
export async function createRoomSensorServer(address: TcpAddress): Promise<RoomSensorServer> {
  const units = new Map<number, ClimateValues>();
  const set = (unit: number, values: Partial<ClimateValues>) =>
    units.set(unit, { ...atFirst, ...units.get(unit), ...values });
  const server = await serveModbusTcp(address, (unit, ...read) => {
    const values = units.get(unit);
    return values === undefined ? null : readFrom(climateRegisters(values), ...read);
  });
  return {
    port: server.port,
    setTemperatureCel: (unit, temperatureCel) => set(unit, { temperatureCel }),
    setRelativeHumidityPct: (unit, relativeHumidityPct) => set(unit, { relativeHumidityPct }),
    unplug: (unit) => units.delete(unit),
    close: () => server.close(),
  };
}
