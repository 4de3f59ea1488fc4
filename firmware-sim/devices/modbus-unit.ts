/** What all Modbus devices have in common: a unit number, a map that is read, and how they fail. */
import { readFrom, type UnitMap } from "../modbus/answer.ts";
import type { ModbusHospitalDevice } from "../ward-file.ts";
import type { ModbusDevice } from "./device-model.ts";
import { feltAt, type Surroundings } from "./surroundings.ts";

export type Unit = {
  readonly deviceId: string;
  readonly device: ModbusHospitalDevice;
  /** Null: unplugged. */
  readonly feel: (wardTimeMs: number) => UnitMap | null;
};

export function createModbusUnit({ deviceId, device, feel }: Unit, { faultAt }: Surroundings): ModbusDevice {
  const unit = device.modbusTcp?.unit ?? device.modbusRtu?.unit ?? 0;
  return {
    deviceId,
    kind: "modbus",
    unit,
    answer: (functionCode, address, count, wardTimeMs) => {
      const fault = faultAt(deviceId, wardTimeMs);
      if (fault?.kind === "dead") return null;
      const map = feel(feltAt(fault, wardTimeMs));
      if (map === null) return null;
      return fault?.kind === "babbling" ? "garbled" : readFrom(map, functionCode, address, count);
    },
  };
}
