import type { Logger } from "pino";
import type { DeviceModel, ModbusDevice, MqttDevice, SerialDevice } from "./devices/device-model.ts";
import { tickEvery } from "./pause.ts";
import { connectMqtt, type MqttLink } from "./ports/mqtt-link.ts";
import { type Line, type LineSettings, openLine } from "./ports/open-line.ts";
import { type AnswerRead, serveModbusTcp } from "./ports/serve-modbus-tcp.ts";
import { serveRtuLine } from "./ports/serve-rtu-line.ts";
import { SetupProblem } from "./setup-problem.ts";
import type { TruthLog } from "./truth-log.ts";
import type { TruthTeller } from "./ward-day/truth-teller.ts";
import {
  type Hospital,
  isModbus,
  isMqtt,
  isSerial,
  type ModbusHospitalDevice,
  type SerialHospitalDevice,
} from "./ward-file.ts";

/** Where a device with a broker of its own in the ward file finds it; null stands for the gateway's own. */
export type BrokerUrl = (broker: string | null) => string | undefined;

export type RunDevicesParts = {
  readonly hospital: Hospital;
  readonly models: readonly DeviceModel[];
  readonly wardTimeMs: () => number;
  readonly brokerUrl: BrokerUrl;
  readonly keyOf: (deviceId: string) => string;
  readonly truth: TruthTeller;
  readonly truthLog: TruthLog;
  readonly log: Logger;
  readonly ready: (line: string) => void;
};

/** What a person's eye takes for at once; a 60 Hz oximeter gives six frames in it. */
const tickEveryMs = 100;

const settingsOf = {
  "masimo-ascii-1": { baudRate: 9_600, dataBits: 8, parity: "none", stopBits: 1 },
  "nonin-ascii": { baudRate: 9_600, dataBits: 8, parity: "none", stopBits: 1 },
  "contec-cms50d-plus": { baudRate: 19_200, dataBits: 8, parity: "odd", stopBits: 1 },
} as const satisfies Record<SerialHospitalDevice["profile"], LineSettings>;

/** All devices of a hospital on their ports, in one process, until stopped. */
export async function runDevices(parts: RunDevicesParts, signal: AbortSignal): Promise<void> {
  const { hospital, models, wardTimeMs, truth, truthLog, ready } = parts;
  const closing: (() => Promise<void>)[] = [];
  try {
    const links = connectAll(parts);
    for (const { link } of links) closing.push(() => link.close());
    for (const open of modbusPorts(parts)) {
      const port = await open();
      closing.push(() => port.close());
    }
    const lines: { model: SerialDevice; line: Line }[] = [];
    for (const { model, device } of serialOf(hospital, models)) {
      const settings = settingsOf[device.profile];
      const line = await openLine({ address: device.serial, settings, onBytes: () => undefined });
      closing.push(() => line.close());
      lines.push({ model, line });
    }
    void Promise.all(links.map(({ link }) => link.connected)).then(() =>
      ready(`devices of ${hospital.id}: ${models.length}, ${links.length} of them on MQTT`),
    );
    const speak = () => {
      const nowMs = wardTimeMs();
      truthLog.write(truth.linesUntil(nowMs));
      for (const { model, link } of links) for (const said of model.messagesUntil(nowMs)) link.publish(said);
      for (const { model, line } of lines) {
        const bytes = Buffer.concat(model.bytesUntil(nowMs).map((said) => said.bytes));
        if (bytes.length > 0) line.write(bytes);
      }
    };
    await tickEvery({ everyMs: tickEveryMs }, speak, signal);
  } finally {
    await Promise.all(closing.map((close) => close()));
  }
}

type ConnectedDevice = { readonly model: MqttDevice; readonly link: MqttLink };

function connectAll({
  hospital,
  models,
  brokerUrl,
  keyOf,
  log,
}: RunDevicesParts): readonly ConnectedDevice[] {
  return hospital.devices.filter(isMqtt).flatMap((device) => {
    const model = models.find(({ deviceId }) => deviceId === device.id);
    if (model?.kind !== "mqtt") return [];
    const url = brokerUrl(device.mqtt.broker ?? null);
    if (url === undefined) {
      throw new SetupProblem(
        `${device.id}: the configuration names no address for broker ${device.mqtt.broker ?? "of the gateway (mqttUrl)"}`,
      );
    }
    const statusTopic = device.profile === "smart-bed-senml" ? `devices/${device.id}/status` : undefined;
    const link = connectMqtt({
      deviceId: device.id,
      url,
      key: keyOf(device.id),
      log,
      ...(statusTopic !== undefined && { statusTopic }),
    });
    return [{ model, link }];
  });
}

/** One opener for each converter and each line, with the units behind it. */
function modbusPorts({ hospital, models, wardTimeMs }: RunDevicesParts) {
  const ports = new Map<
    string,
    { readonly device: ModbusHospitalDevice; readonly units: Map<number, ModbusDevice> }
  >();
  for (const device of hospital.devices.filter(isModbus)) {
    const model = models.find(({ deviceId }) => deviceId === device.id);
    if (model?.kind !== "modbus") continue;
    const address = device.modbusRtu?.line ?? `${device.modbusTcp?.host}:${device.modbusTcp?.port}`;
    const port = ports.get(address) ?? { device, units: new Map<number, ModbusDevice>() };
    const taken = port.units.get(model.unit);
    if (taken !== undefined)
      throw new SetupProblem(`${address}: ${taken.deviceId} and ${device.id} are both unit ${model.unit}`);
    port.units.set(model.unit, model);
    ports.set(address, port);
  }
  return [...ports.values()].map(({ device, units }) => async (): Promise<{ close(): Promise<void> }> => {
    const answer: AnswerRead = (unit, ...read) => units.get(unit)?.answer(...read, wardTimeMs()) ?? null;
    const { modbusTcp, modbusRtu } = device;
    if (modbusRtu === undefined) {
      const { host, port } = modbusTcp ?? { host: "", port: 0 };
      return serveModbusTcp({ host, port }, answer);
    }
    const { line, baudRate, parity, stopBits } = modbusRtu;
    return serveRtuLine({ address: line, settings: { baudRate, parity, stopBits, dataBits: 8 }, answer });
  });
}

function serialOf(hospital: Hospital, models: readonly DeviceModel[]) {
  return hospital.devices.filter(isSerial).flatMap((device) => {
    const model = models.find(({ deviceId }) => deviceId === device.id);
    return model?.kind === "serial" ? [{ device, model }] : [];
  });
}
