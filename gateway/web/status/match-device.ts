import { FINDING_KIND_WORDS } from "../../../contracts/ui/finding-words.ts";
import { METRIC_WORDS } from "../../../contracts/ui/metric-words.ts";
import { TROUBLE_WORDS, type Trouble } from "./device-trouble.ts";
import { reasonWords } from "./reason-words.ts";
import type { ShownDevice } from "./shown-device.ts";

export type DeviceFilter = {
  readonly text: string;
  /** `any`: whatever is not fine; null: all devices. */
  readonly trouble: Trouble | "any" | null;
};

export const NO_DEVICE_FILTER: DeviceFilter = { text: "", trouble: null };

/** True where a device passes. Each word of the text must stand somewhere in what the page says of the device. */
export function matchesDevice(shown: ShownDevice, { text, trouble }: DeviceFilter): boolean {
  if (trouble === "any" && shown.trouble === "fine") return false;
  if (trouble !== null && trouble !== "any" && trouble !== shown.trouble) return false;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const hay = saidOf(shown).join("\n").toLowerCase();
  return words.every((word) => hay.includes(word));
}

function saidOf({ device, trouble, findings, bed }: ShownDevice): string[] {
  return [
    device.deviceId,
    device.profile,
    device.linkId,
    device.address ?? "",
    device.roomId ?? "",
    ...(bed === null ? [] : [`Bed ${bed.label}`, bed.roomName, bed.wardName]),
    TROUBLE_WORDS[trouble],
    ...device.latest.map(({ metric }) => METRIC_WORDS[metric]),
    ...device.problems.map(({ reason }) => reasonWords(reason)),
    ...findings.map(({ kind }) => FINDING_KIND_WORDS[kind]),
  ];
}
