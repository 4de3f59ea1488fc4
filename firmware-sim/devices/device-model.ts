/**
 * A device without its port: what it says by which moment, or what it answers. Models have no timer and no clock of
 * their own; whoever runs them brings the time, which only goes on. All moments are of ward time (ward-day/ward-clock.ts).
 */
import type { ModbusAnswer } from "../modbus/answer.ts";

export type MqttMessage = { readonly topic: string; readonly payload: Buffer; readonly atMs: number };

export type MqttDevice = {
  readonly deviceId: string;
  readonly kind: "mqtt";
  /** What it has said since it was asked the last time, in order. */
  messagesUntil(wardTimeMs: number): readonly MqttMessage[];
};

export type SerialDevice = {
  readonly deviceId: string;
  readonly kind: "serial";
  /** What has come out of its plug since it was asked the last time; frames and lines are whole, each a piece of its own. */
  bytesUntil(wardTimeMs: number): readonly { readonly bytes: Buffer; readonly atMs: number }[];
};

export type ModbusDevice = {
  readonly deviceId: string;
  readonly kind: "modbus";
  readonly unit: number;
  answer(functionCode: number, address: number, count: number, wardTimeMs: number): ModbusAnswer;
};

export type DeviceModel = MqttDevice | SerialDevice | ModbusDevice;
