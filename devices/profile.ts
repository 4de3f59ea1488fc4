/**
 * A profile is what a device model says, as data: its metrics, units and scales, where its facts come from, and how
 * often it is due. A new model is a new file in profiles/, with captured bytes and a test.
 */
import type { MetricName } from "../contracts/metrics/catalogue.ts";
import type { WordOrder } from "../contracts/wire/word-order.ts";

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

/** How a field of JSON becomes a value. Text that is not wholly a number is not one, whatever it begins with. */
export type JsonField = {
  readonly metric: MetricName;
  /** Names from the outermost object inward, joined by dots: `HX711.Weight`. */
  readonly path: string;
  readonly type: "number" | "number-as-text" | "boolean" | { readonly true: string; readonly false: string };
  /** The stored value, in the metric's unit, is what stands there times this; 1 where left out. */
  readonly scale?: number;
  /** By which this model says that it has no value: texts as they stand there, numbers as they are read. */
  readonly noValue?: readonly (string | number)[];
};

/** Where a device's own time stands and how it is written. One without a zone is never used, so it is not named. */
export type JsonTime = {
  readonly path: string;
  readonly format: "unix-s" | "unix-ms" | "rfc3339" | "day.month.year hours:minutes:seconds utc";
};

/** JSON in a shape of the maker's own, over MQTT on a topic of the maker's own: mapped by paths alone. */
export type JsonProfile = Common & {
  readonly protocol: "mqtt-json";
  /** `{device}` stands for one whole level, the name by which the device goes on its broker. */
  readonly topic: string;
  readonly time: JsonTime | null;
  readonly fields: readonly JsonField[];
};

export type RegisterType = "bit" | "u16" | "i16" | "u32" | "i32" | "f32";

export type RegisterField = {
  readonly metric: MetricName;
  /** 1 coils, 2 discrete inputs, 3 holding registers, 4 input registers. Nothing is ever written. */
  readonly functionCode: 1 | 2 | 3 | 4;
  /** Address as it stands on the wire, from 0. */
  readonly address: number;
  /** `bit` with function codes 1 and 2, the others with 3 and 4. */
  readonly type: RegisterType;
  /** The stored value, in the metric's unit, is the register's times this; bits have none. */
  readonly scale?: number;
  /**
   * By which this model says that it has no value: the register's bits as an unsigned number, of a float the float. A float
   * that is not a number never needs naming.
   */
  readonly noValue?: readonly number[];
};

export type ModbusProfile = Common & {
  readonly protocol: "modbus";
  /** Of 32-bit values; a device in the ward file may differ. */
  readonly wordOrder: WordOrder;
  /** What one request may ask this model for, where that is less than the standard's 125 registers. */
  readonly registersPerRequestMax?: number;
  readonly fields: readonly RegisterField[];
  /** A metric that is the sum of others of this poll; it has a value only where all of them have a good one. */
  readonly sum?: { readonly metric: MetricName; readonly of: readonly MetricName[] };
};

export type SerialSettings = {
  readonly baudRate: number;
  readonly dataBits: 7 | 8;
  readonly parity: "none" | "even" | "odd";
  readonly stopBits: 1 | 2;
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
  readonly settings: SerialSettings;
  readonly decoder: "masimo-ascii-1" | "nonin-ascii";
  /** A longer line is noise, not a reading. */
  readonly lineBytesMax: number;
  readonly fields: readonly KeyValueField[];
};

/** Frames of bytes. Where they come faster than readings are wanted, the newest of each period is taken. */
export type FrameProfile = Common & {
  readonly protocol: "frames";
  readonly settings: SerialSettings;
  readonly decoder: "contec-cms50d-plus";
  readonly takeOneEveryMs: number;
  readonly metrics: readonly MetricName[];
};

export type SerialProfile = LineProfile | FrameProfile;
export type Profile = SenmlProfile | JsonProfile | ModbusProfile | SerialProfile;

/** What a device of the ward file may set apart from its model. */
export type DeviceOptions = {
  readonly wordOrder: WordOrder | null;
  /** Mounted the other way round: the sign of a signed pressure is turned. */
  readonly isSignInverted: boolean;
};

export function metricsOf(profile: Profile): readonly MetricName[] {
  switch (profile.protocol) {
    case "mqtt-senml":
    case "frames":
      return profile.metrics;
    case "modbus":
      return [...profile.fields.map(({ metric }) => metric), ...(profile.sum ? [profile.sum.metric] : [])];
    case "mqtt-json":
    case "lines":
      return profile.fields.map(({ metric }) => metric);
  }
}
