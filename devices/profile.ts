/**
 * A profile is what a device model says, as data: its metrics, units and scales, where its facts come from, and how
 * often it is due. A new model is a new file in profiles/, with captured bytes and a test.
 */
import type { MetricName } from "../contracts/metrics/catalogue.ts";

type Common = {
  readonly model: string;
  /** The document or capture that the facts were taken from. */
  readonly source: string;
  readonly expectedIntervalMs: number;
};

/** SenML over MQTT on `devices/<deviceId>/readings`. */
export type SenmlProfile = Common & {
  readonly protocol: "mqtt-senml";
  readonly metrics: readonly MetricName[];
};

export type RegisterField = {
  readonly metric: MetricName;
  /** Register address as it stands on the wire, from 0. */
  readonly address: number;
  readonly type: "u16" | "i16";
  /** The stored value, in the metric's unit, is the register times this. */
  readonly scale: number;
};

export type ModbusProfile = Common & {
  readonly protocol: "modbus";
  /** 3 holding registers, 4 input registers. Nothing is ever written. */
  readonly functionCode: 3 | 4;
  readonly fields: readonly RegisterField[];
};

/** `KEY=VALUE` fields in a line of text, in this order; a value of dashes means that the device has none. */
export type KeyValueField = {
  readonly key: string;
  readonly metric: MetricName;
  /** The whole value must match; the first group is the number. */
  readonly pattern: RegExp;
};

export type LineProfile = Common & {
  readonly protocol: "lines";
  readonly decoder: "masimo-ascii-1";
  /** A longer line is noise, not a reading. */
  readonly lineBytesMax: number;
  readonly fields: readonly KeyValueField[];
};

export type Profile = SenmlProfile | ModbusProfile | LineProfile;
