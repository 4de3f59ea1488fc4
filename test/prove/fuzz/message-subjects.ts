/** What comes over MQTT, whole messages. Their second reading takes the JSON apart by hand for one format at a time. */
import { isUtf8 } from "node:buffer";
import { decodeJson } from "../../../devices/json/decode-json.ts";
import type { JsonProfile } from "../../../devices/profile.ts";
import { bedTextJson } from "../../../devices/profiles/bed-text-json.ts";
import { smartBedSenml } from "../../../devices/profiles/smart-bed-senml.ts";
import { tasmotaHx711 } from "../../../devices/profiles/tasmota-hx711.ts";
import { decodeSenml } from "../../../devices/senml/decode-senml.ts";
import { SenmlNames } from "../../../devices/senml/senml-names.ts";
import * as golden from "../../fixtures/golden.ts";
import { type Found, type Read, type Said, type Subject, saidOf, sameAs } from "./subject.ts";

const NOW_MS = 1_732_400_001_000;
const BYTES_MAX = 65_536;

type Json = Readonly<Record<string, unknown>>;

function parse(message: Uint8Array): unknown {
  if (message.length > BYTES_MAX || !isUtf8(message)) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(message));
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const member = (value: unknown, name: string) =>
  isObject(value) && Object.keys(value).includes(name) ? value[name] : undefined;
const within = (value: number, min: number, max: number) => value >= min && value <= max;

function readTasmota(message: Uint8Array): Said[] {
  const weight = member(member(parse(message), "HX711"), "Weight");
  if (weight === null) return [{ metric: "load", value: null, isGood: true }];
  if (typeof weight === "boolean") return [{ metric: "load", value: weight, isGood: false }];
  if (
    typeof weight !== "number" ||
    weight === Number.POSITIVE_INFINITY ||
    weight === Number.NEGATIVE_INFINITY
  )
    return [];
  return [{ metric: "load", value: weight, isGood: within(weight, -5, 500) }];
}

const SENTINELS = [-100, -1_000, -10_000];

function readText(metric: string, written: unknown, min: number, max: number): Said[] {
  if (written === undefined) return [];
  if (written === null || written === "---") return [{ metric, value: null, isGood: true }];
  if (typeof written === "boolean") return [{ metric, value: written, isGood: false }];
  let value: number;
  if (typeof written === "number") value = written;
  else if (typeof written === "string") {
    const [mantissa = "", exponent, ...tooMany] = written.split(/[eE]/);
    const unsigned = /^[+-]/.test(mantissa) ? mantissa.slice(1) : mantissa;
    const parts = unsigned.split(".");
    const areDigits = parts.length <= 2 && parts.every((part) => part !== "" && !/[^0-9]/.test(part));
    const power = exponent === undefined ? "0" : /^[+-]/.test(exponent) ? exponent.slice(1) : exponent;
    if (!areDigits || tooMany.length > 0 || power === "" || power.length > 3 || /[^0-9]/.test(power))
      return [];
    value = Number.parseFloat(written);
  } else return [];
  if (Math.abs(value) === Number.POSITIVE_INFINITY) return [];
  if (SENTINELS.includes(value)) return [{ metric, value: null, isGood: true }];
  return [{ metric, value: value === 0 ? 0 : value, isGood: within(value, min, max) }];
}

function readBedText(message: Uint8Array): Said[] {
  const json = parse(message);
  const bed = member(json, "bed");
  const occupied = member(bed, "occupied");
  const said: Said[] = [];
  if (occupied === "yes" || occupied === "no")
    said.push({ metric: "occupancy", value: occupied === "yes", isGood: true });
  if (occupied === "unknown" || occupied === null)
    said.push({ metric: "occupancy", value: null, isGood: true });
  said.push(...readText("load", member(bed, "weight"), -5, 500));
  said.push(...readText("heart-rate", member(json, "heart"), 0, 300));
  said.push(...readText("respiratory-rate", member(json, "breath"), 0, 120));
  return said;
}

const messageRead =
  (decode: (message: Uint8Array) => readonly Said[]): Read =>
  (message) => {
    const said = decode(message);
    return {
      found: said.length > 0 ? { frame: message, said } : null,
      kept: new Uint8Array(),
      isWaiting: true,
    };
  };

/** Looks for names and numbers in the text and does not ask whether the text is JSON. */
const trustText = (names: Readonly<Record<string, string>>) =>
  messageRead((message) => {
    const text = Buffer.from(message).toString("latin1");
    return Object.entries(names).flatMap(([name, metric]): Said[] => {
      const at = text.indexOf(`"${name}":`);
      if (at < 0) return [];
      const value = Number.parseFloat(text.slice(at + name.length + 3).replace('"', "")) || 0;
      return [{ metric, value, isGood: true }];
    });
  });

const MESSAGES = { comesAs: "messages", resynchronises: false, keptBytesMax: 0 } as const;

const jsonSubject = (
  profile: JsonProfile,
  messages: readonly Uint8Array[],
  readAgain: (message: Uint8Array) => Said[],
  trust: Read,
): Subject => ({
  ...MESSAGES,
  name: profile.model,
  golden: messages,
  read: messageRead((message) => saidOf(decodeJson(profile, message).values)),
  trust,
  judge: (message, found) => {
    const said = readAgain(message);
    return sameAs(said.length > 0 ? [said] : [], found);
  },
});

/** Of a pack, only that nothing is said that no record says: which records count, its own tests ask. */
function judgeSenml(message: Uint8Array, found: readonly Found[]): string | null {
  const pack = parse(message);
  let [name, base] = ["", 0];
  const records: string[] = [];
  for (const record of Array.isArray(pack) ? pack.filter(isObject) : []) {
    if (typeof record.bn === "string") name = record.bn;
    if (typeof record.bv === "number") base = record.bv;
    const metric = `${name}${typeof record.n === "string" ? record.n : ""}`.split(":").at(-1);
    if (typeof record.vb === "boolean") records.push(`${metric} ${record.vb}`);
    if (typeof record.v === "number") records.push(`${metric} ${record.v + base}`);
  }
  for (const { said } of found) {
    const invented = said.find(({ metric, value }) => !records.includes(`${metric} ${value}`));
    if (invented !== undefined) return `no record says ${invented.metric} ${invented.value}`;
  }
  return null;
}

export const messageSubjects: readonly Subject[] = [
  {
    ...MESSAGES,
    name: smartBedSenml.model,
    golden: [golden.BED_12_PACK, golden.BED_12_PACK, golden.RFC8428_MULTIPLE],
    read: messageRead((message) =>
      saidOf(decodeSenml(message, new SenmlNames("bed-12", smartBedSenml.metrics), NOW_MS).values),
    ),
    trust: messageRead((message) => {
      const text = Buffer.from(message).toString("latin1");
      return [...text.matchAll(/"n":"([a-z-]+)"[^}]*?"vb?":(true|false|[-\d.]+)/g)].map(
        ([, metric = "", value = ""]): Said => ({
          metric,
          value: value === "true" || (value !== "false" && Number(value)),
          isGood: true,
        }),
      );
    }),
    judge: judgeSenml,
  },
  jsonSubject(
    tasmotaHx711,
    [golden.TASMOTA_SENSOR, golden.TASMOTA_SENSOR_71_4],
    readTasmota,
    trustText({ Weight: "load" }),
  ),
  jsonSubject(
    bedTextJson,
    [golden.BED_TEXT_MESSAGE],
    readBedText,
    trustText({ weight: "load", heart: "heart-rate", breath: "respiratory-rate" }),
  ),
];
