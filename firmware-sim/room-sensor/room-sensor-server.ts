import type { Socket } from "node:net";
import { openTcpServer, type TcpAddress } from "../tcp-server.ts";
import { type InputRegisters, modbusReply } from "./modbus-reply.ts";
import { takeModbusRequest } from "./modbus-request.ts";

/** XY-MD02 (SHT20), function code 04: 1 = °C × 10, signed; 2 = %RH × 10. */
const temperatureRegister = 1;
const relativeHumidityRegister = 2;

export type RoomSensorServer = {
  readonly port: number;
  /** A unit is on the line from its first value on; the other value is then 22.0 °C or 45.0 %RH until it is set. */
  setTemperatureCel(unit: number, temperatureCel: number): void;
  setRelativeHumidityPct(unit: number, relativeHumidityPct: number): void;
  /** As if its wire were pulled: requests to it are no longer answered. */
  unplug(unit: number): void;
  close(): Promise<void>;
};

/** A Modbus TCP to RS-485 converter with XY-MD02 sensors behind it: a unit that is not there simply never answers. */
export async function createRoomSensorServer({ host, port }: TcpAddress): Promise<RoomSensorServer> {
  const units = new Map<number, Map<number, number>>();
  const unitAt = (unit: number) => {
    const registers = units.get(unit) ?? new Map([temperatureWord(22), relativeHumidityWord(45)]);
    units.set(unit, registers);
    return registers;
  };
  const server = await openTcpServer({
    host,
    port,
    clientsMax: 8,
    onClient: (client) => answerRequests(client, (unit) => units.get(unit)),
  });
  return {
    port: server.port,
    setTemperatureCel: (unit, temperatureCel) => unitAt(unit).set(...temperatureWord(temperatureCel)),
    setRelativeHumidityPct: (unit, pct) => unitAt(unit).set(...relativeHumidityWord(pct)),
    unplug: (unit) => units.delete(unit),
    close: () => server.close(),
  };
}

function answerRequests(client: Socket, registersOf: (unit: number) => InputRegisters | undefined): void {
  let received: Buffer = Buffer.alloc(0);
  client.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (
      let taken = takeModbusRequest(received);
      taken.kind !== "need-more";
      taken = takeModbusRequest(received)
    ) {
      if (taken.kind === "corrupt") {
        // Nothing in Modbus TCP marks where a request begins, so there is no way back into step.
        client.destroy();
        return;
      }
      received = taken.rest;
      const registers = registersOf(taken.request.unit);
      if (registers !== undefined) client.write(modbusReply(taken.request, registers));
    }
  });
}

function temperatureWord(temperatureCel: number): [number, number] {
  return [temperatureRegister, Math.round(temperatureCel * 10) & 0xffff];
}

function relativeHumidityWord(relativeHumidityPct: number): [number, number] {
  return [relativeHumidityRegister, Math.round(relativeHumidityPct * 10) & 0xffff];
}
