/** Messages of the kinds that end in quarantine, each with bytes that a page could stumble over. */
import { QuarantineList } from "../../contracts/wire/gateway-status.ts";
import { at, MIN } from "./a-bed.ts";

const text = (words: string) => Buffer.from(words);
const bytes = (...values: number[]) => Buffer.from(values);
/** A program, an attribute and an entity: on the page they are text and nothing else. */
export const MARKUP = '<img src=x onerror="document.title=1"></section><script>alert(1)</script>&amp;';

let id = 18;
const entry = (
  deviceId: string,
  agoMs: number,
  reason: string,
  detail: string,
  raw: Buffer,
  whole?: number,
) => ({
  id: --id,
  deviceId,
  receivedAt: at(agoMs),
  reason,
  detail,
  bytes: whole ?? raw.byteLength,
  raw: raw.toString("base64"),
});

const cutLine = (agoMs: number) =>
  entry(
    "north-monitor-02",
    agoMs,
    "malformed-line",
    "Expected KEY=VALUE fields that end in CR LF, got 41 bytes with a gap in them. Check the cable and its baud rate.",
    Buffer.concat([text("03/21/26 14:00:01 SN=0000093112 SPO2=0"), bytes(0, 0xff, 0x0d)]),
  );

export const ODD_QUARANTINE = QuarantineList.parse({
  entries: [
    entry(
      "north-smart-bed-01",
      4_000,
      "payload-too-large",
      "Expected a pack of at most 65,536 bytes, got 204,800. Nothing of it was used. Check the bed’s firmware.",
      text(
        `[{"bn":"urn:dev:ops:32473-north-smart-bed-01:"},${'{"n":"load","u":"kg","v":71.4},'.repeat(131)}`,
      ).subarray(0, 4_096),
      204_800,
    ),
    entry(
      "north-smart-bed-03",
      9_000,
      "malformed-json",
      "Expected JSON, got text that is none.",
      text(MARKUP),
    ),
    cutLine(61_000),
    cutLine(62_000),
    cutLine(64_000),
    entry(
      "north-smart-bed-02",
      5 * MIN,
      "malformed-senml",
      "Expected SenML records, got a name that turns text around.",
      text('[{"n":"\u202egnik\u0000\u0007","v":"ä"}]'),
    ),
    entry(
      "north-climate-1",
      47 * MIN,
      "short-reply",
      "Expected 2 registers, got a reply of one. Is unit 1 the model that the ward file names?",
      bytes(0x01, 0x04, 0x02, 0x00, 0xe1, 0x78, 0xb8),
    ),
    entry(
      "north-smart-bed-04-in-the-room-behind-the-stairs-long-name",
      26 * 60 * MIN,
      "malformed-json",
      "Expected JSON, got nothing at all.",
      bytes(),
    ),
  ],
  kept: 17,
  keptMax: 1_000,
});
