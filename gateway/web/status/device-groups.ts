import type { LinkStatus } from "../../../contracts/wire/gateway-status.ts";
import { TROUBLE_WORDS, TROUBLES } from "./device-trouble.ts";
import type { ShownDevice } from "./shown-device.ts";

export const DEVICE_ORDERS = ["trouble", "link"] as const;
export type DeviceOrder = (typeof DEVICE_ORDERS)[number];

export type DeviceGroup = {
  readonly key: string;
  readonly title: string;
  readonly devices: readonly ShownDevice[];
};

/** Trouble first, or link by link with the trouble of each link first. A group without devices is none. */
export function groupDevices(
  shown: readonly ShownDevice[],
  order: DeviceOrder,
  links: readonly LinkStatus[],
): DeviceGroup[] {
  const sorted = shown.toSorted(byTroubleThenName);
  const groups =
    order === "trouble"
      ? TROUBLES.map((trouble) => ({
          key: trouble,
          title: TROUBLE_WORDS[trouble],
          devices: sorted.filter((one) => one.trouble === trouble),
        }))
      : linkIdsOf(shown, links).map((linkId) => ({
          key: linkId,
          title: linkId,
          devices: sorted.filter((one) => one.device.linkId === linkId),
        }));
  return groups.filter(({ devices }) => devices.length > 0);
}

/** In the order in which the links stand on the page; one that is not among them comes last and is not lost. */
function linkIdsOf(shown: readonly ShownDevice[], links: readonly LinkStatus[]): string[] {
  const ofDevices = shown.map(({ device }) => device.linkId).toSorted(byNumbersInNames);
  return [...new Set([...links.map(({ linkId }) => linkId), ...ofDevices])];
}

/** "bed-9" stands before "bed-10". */
const byNumbersInNames = new Intl.Collator("en", { numeric: true }).compare;

function byTroubleThenName(one: ShownDevice, other: ShownDevice): number {
  const graver = TROUBLES.indexOf(one.trouble) - TROUBLES.indexOf(other.trouble);
  return graver === 0 ? byNumbersInNames(one.device.deviceId, other.device.deviceId) : graver;
}
