import type { Logger } from "pino";
import type { DeviceModel } from "./devices/device-model.ts";
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

/** The hospital's devices in one course of its days, on one pace. */
export type Life = {
  readonly models: readonly DeviceModel[];
  readonly wardTimeMs: () => number;
  readonly truth: TruthTeller;
};

export type RunDevicesParts = {
  readonly hospital: Hospital;
  readonly life: Life;
  /** Lived from when all devices have reached their brokers, where the day waits for them; null: it has begun already. */
  readonly nextLife: (() => Life) | null;
  readonly brokerUrl: BrokerUrl;
  readonly keyOf: (deviceId: string) => string;
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
  const { hospital, nextLife, truthLog, ready } = parts;
  const closing: (() => Promise<void>)[] = [];
  let life = parts.life;
  const modelOf = (deviceId: string) => life.models.find((model) => model.deviceId === deviceId);
  try {
    const links = connectAll(parts);
    for (const { link } of links) closing.push(() => link.close());
    const answerOf: AnswerOf = (deviceId, ...read) => {
      const model = modelOf(deviceId);
      return model?.kind === "modbus" ? model.answer(...read, life.wardTimeMs()) : null;
    };
    for (const open of modbusPorts(hospital, answerOf)) {
      const port = await open();
      closing.push(() => port.close());
    }
    const lines: { deviceId: string; line: Line }[] = [];
    for (const { id, profile, serial } of hospital.devices.filter(isSerial)) {
      const line = await openLine({
        address: serial,
        settings: settingsOf[profile],
        onBytes: () => undefined,
      });
      closing.push(() => line.close());
      lines.push({ deviceId: id, line });
    }
    void Promise.all(links.map(({ link }) => link.connected)).then(() => {
      life = nextLife?.() ?? life;
      ready(`devices of ${hospital.id}: ${life.models.length}, ${links.length} of them on MQTT`);
    });
    const speak = () => {
      const nowMs = life.wardTimeMs();
      truthLog.write(life.truth.linesUntil(nowMs));
      for (const { deviceId, link } of links) {
        const model = modelOf(deviceId);
        if (model?.kind === "mqtt") for (const said of model.messagesUntil(nowMs)) link.publish(said);
      }
      for (const { deviceId, line } of lines) {
        const model = modelOf(deviceId);
        if (model?.kind !== "serial") continue;
        const bytes = Buffer.concat(model.bytesUntil(nowMs).map((said) => said.bytes));
        if (bytes.length > 0) line.write(bytes);
      }
    };
    await tickEvery({ everyMs: tickEveryMs }, speak, signal);
  } finally {
    await Promise.all(closing.map((close) => close()));
  }
}

type LinkedDevice = { readonly deviceId: string; readonly link: MqttLink };
type AnswerOf = (
  deviceId: string,
  functionCode: number,
  address: number,
  count: number,
) => ReturnType<AnswerRead>;

function connectAll({ hospital, brokerUrl, keyOf, log }: RunDevicesParts): readonly LinkedDevice[] {
  return hospital.devices.filter(isMqtt).map(({ id: deviceId, profile, mqtt: { broker = null } }) => {
    const url = brokerUrl(broker);
    if (url === undefined) {
      const which = broker ?? "of the gateway (mqttUrl)";
      throw new SetupProblem(`${deviceId}: the configuration names no address for broker ${which}`);
    }
    const statusTopic = profile === "smart-bed-senml" ? { statusTopic: `devices/${deviceId}/status` } : {};
    return { deviceId, link: connectMqtt({ deviceId, url, key: keyOf(deviceId), log, ...statusTopic }) };
  });
}

/** One opener for each converter and each line, with the units behind it. */
function modbusPorts(hospital: Hospital, answerOf: AnswerOf) {
  const ports = new Map<
    string,
    { readonly device: ModbusHospitalDevice; readonly units: Map<number, string> }
  >();
  for (const device of hospital.devices.filter(isModbus)) {
    const unit = device.modbusTcp?.unit ?? device.modbusRtu?.unit ?? 0;
    const address = device.modbusRtu?.line ?? `${device.modbusTcp?.host}:${device.modbusTcp?.port}`;
    const port = ports.get(address) ?? { device, units: new Map<number, string>() };
    const taken = port.units.get(unit);
    if (taken !== undefined)
      throw new SetupProblem(`${address}: ${taken} and ${device.id} are both unit ${unit}`);
    port.units.set(unit, device.id);
    ports.set(address, port);
  }
  return [...ports.values()].map(({ device, units }) => async (): Promise<{ close(): Promise<void> }> => {
    const answer: AnswerRead = (unit, ...read) => {
      const deviceId = units.get(unit);
      return deviceId === undefined ? null : answerOf(deviceId, ...read);
    };
    const { modbusTcp, modbusRtu } = device;
    if (modbusRtu === undefined) {
      const { host, port } = modbusTcp ?? { host: "", port: 0 };
      return serveModbusTcp({ host, port }, answer);
    }
    const { line, baudRate, parity, stopBits } = modbusRtu;
    return serveRtuLine({ address: line, settings: { baudRate, parity, stopBits, dataBits: 8 }, answer });
  });
}
