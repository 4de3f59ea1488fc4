/** The two protocols of text lines. Their second reading splits the whole stream at once and looks at words, not patterns. */
import { decodeFrame } from "../../../devices/decode-frame.ts";
import type { LineProfile } from "../../../devices/profile.ts";
import { masimoAscii1 } from "../../../devices/profiles/masimo-ascii-1.ts";
import { noninAscii } from "../../../devices/profiles/nonin-ascii.ts";
import { scanSerial } from "../../../devices/scan-serial.ts";
import * as golden from "../../fixtures/golden.ts";
import { type Read, type Said, type Subject, saidOf, sameAs } from "./subject.ts";

const withEnd = (line: Uint8Array) => Uint8Array.from([...line, 0x0d, 0x0a]);
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

const isDigits = (text: string, count: number) =>
  text.length === count && [...text].every((letter) => letter >= "0" && letter <= "9");
const number = (metric: string, value: number, max: number, isMeasured: boolean): Said => ({
  metric,
  value,
  isGood: value <= max && isMeasured,
});
const none = (metric: string): Said => ({ metric, value: null, isGood: true });

const MASIMO_FAULTS = ["no sensor", "defective", "pulse search", "sensor off", "unrecognised"] as const;
const MASIMO_FAULT_BITS: Readonly<Record<(typeof MASIMO_FAULTS)[number], number>> = {
  "no sensor": 0,
  defective: 1,
  "pulse search": 3,
  "sensor off": 5,
  unrecognised: 7,
};

function readMasimo(line: string): Said[] | null {
  const [date = "", time = "", serial = "", ...pairs] = line.split(" ");
  const isDate = date.length === 8 && date.split("/").every((part) => isDigits(part, 2));
  const isTime = time.length === 8 && time.split(":").every((part) => isDigits(part, 2));
  const isSerial =
    serial.length === 13 && serial.startsWith("SN=") && !/[^-0-9]/.test(serial.slice(3)) && pairs.length > 0;
  if (!isDate || !isTime || !isSerial || date.split("/").length !== 3 || time.split(":").length !== 3)
    return null;
  const only = (key: string) => {
    const found = pairs.filter((pair) => pair.slice(0, key.length + 1) === `${key}=`);
    return found.length === 1
      ? (found[0] ?? "").slice(key.length + 1)
      : found.length === 0
        ? undefined
        : null;
  };
  const exceptions = only("EXC");
  if (exceptions == null || exceptions.length < 6 || exceptions.length > 8 || /[^0-9A-F]/.test(exceptions))
    return null;
  const bits = BigInt(`0x${exceptions}`);
  const isMeasured = !MASIMO_FAULTS.some((fault) => (bits >> BigInt(MASIMO_FAULT_BITS[fault])) & 1n);
  const [spo2, bpm, pi] = [only("SPO2"), only("BPM"), only("PI")];
  if (spo2 == null || bpm == null || pi === null) return null;
  const said: Said[] = [];
  if (spo2 === "---%") said.push(none("spo2"));
  else if (spo2.endsWith("%") && isDigits(spo2.slice(0, -1), 3))
    said.push(number("spo2", Number(spo2.slice(0, -1)), 100, isMeasured));
  else return null;
  const pulse = bpm.endsWith("%") ? bpm.slice(0, -1) : bpm;
  if (pulse === "---") said.push(none("pulse-rate"));
  else if (isDigits(pulse, 3)) said.push(number("pulse-rate", Number(pulse), 300, isMeasured));
  else return null;
  if (pi === undefined) return said;
  const index = pi.endsWith("%") ? pi.slice(0, -1) : pi;
  const [whole = "", parts = "", more] = index.split(".");
  if (index === "--.--") said.push(none("perfusion-index"));
  else if (more === undefined && isDigits(whole, 2) && isDigits(parts, 2))
    said.push(number("perfusion-index", Number(index), 20, isMeasured));
  else return null;
  return said;
}

function readNonin(line: string): Said[] | null {
  let text = line;
  while (text.endsWith(" ")) text = text.slice(0, -1);
  for (let marks = 0; marks < 2 && (text.endsWith("*") || text.endsWith("B")); marks++) {
    text = text.slice(0, -1);
    if (text.endsWith(" ")) text = text.slice(0, -1);
  }
  if (text.endsWith(" F")) text = text.slice(0, -2);
  const body = text.slice(-15);
  const before = text.slice(0, -15);
  const isTime = before === "" || (before.length === 9 && /^[0-9][0-9]:[0-9][0-9]:[0-9][0-9] $/.test(before));
  if (!isTime || body.slice(0, 5) !== "SPO2=" || body.slice(8, 12) !== " HR=" || body.length !== 15)
    return null;
  const [spo2, pulse] = [body.slice(5, 8), body.slice(12)];
  const isValue = (value: string) => value === "---" || isDigits(value, 3);
  if (!isValue(spo2) || !isValue(pulse)) return null;
  return [
    spo2 === "---" ? none("spo2") : number("spo2", Number(spo2), 100, true),
    pulse === "---" ? none("pulse-rate") : number("pulse-rate", Number(pulse), 300, true),
  ];
}

function lineSubject(
  profile: LineProfile,
  lines: readonly Uint8Array[],
  readLine: (line: string) => Said[] | null,
  trusting: RegExp,
): Subject {
  const read: Read = (bytes) => {
    const scan = scanSerial(profile, bytes);
    if (scan.kind !== "frame") return { found: null, kept: scan.rest, isWaiting: scan.kind === "need-more" };
    const said = saidOf(decodeFrame(profile, scan.frame).values);
    return {
      found: said.length > 0 ? { frame: scan.frame, said } : null,
      kept: scan.rest,
      isWaiting: false,
    };
  };
  const trust: Read = (bytes) => {
    const scan = scanSerial(profile, bytes);
    if (scan.kind !== "frame") return { found: null, kept: scan.rest, isWaiting: scan.kind === "need-more" };
    const [, spo2, pulse] = trusting.exec(latin1(scan.frame)) ?? [];
    const said: Said[] = [
      { metric: "spo2", value: Number.parseInt(spo2 ?? "0", 10), isGood: true },
      { metric: "pulse-rate", value: Number.parseInt(pulse ?? "0", 10), isGood: true },
    ];
    return { found: { frame: scan.frame, said }, kept: scan.rest, isWaiting: false };
  };
  return {
    name: profile.model,
    golden: lines.map(withEnd),
    comesAs: "stream",
    resynchronises: true,
    keptBytesMax: profile.lineBytesMax + 1,
    read,
    trust,
    judge(stream, found) {
      const whole = latin1(stream)
        .split(/[\r\n]/)
        .slice(0, -1);
      const readable = whole.filter((line) => line.length <= profile.lineBytesMax).map(readLine);
      return sameAs(
        readable.filter((said) => said !== null),
        found,
      );
    },
  };
}

export const lineSubjects: readonly Subject[] = [
  lineSubject(
    masimoAscii1,
    [
      golden.RADICAL_7_LINE,
      golden.RADICAL_7_BLUE_LINE_NO_VALUE,
      golden.RAD_8_LINE,
      golden.RAD_8_LINE_NO_VALUE,
      golden.RAD_8_LINE_SENSOR_OFF,
    ],
    readMasimo,
    /SPO2=(\d*).*BPM=(\d*)/,
  ),
  lineSubject(
    noninAscii,
    [
      golden.NONIN_LINE,
      golden.NONIN_LINE_FAST,
      golden.NONIN_LINE_EVENT,
      golden.NONIN_LINE_WITH_TIME,
      golden.NONIN_LINE_NO_VALUE,
    ],
    readNonin,
    /SPO2=(\d*).*HR=(\d*)/,
  ),
];
