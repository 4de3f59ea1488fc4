import { expect, test } from "vitest";
import { DeviceId } from "../../../../contracts/wire/ids.ts";
import { isOwnFilter } from "../../../../gateway/transport/mqtt/topics.ts";

const bed1 = DeviceId.parse("bed-1");

test.each(["devices/bed-1/commands", "devices/bed-1/#", "devices/bed-1/+/state"])(
  "a device hears its own: %s",
  (filter) => {
    expect(isOwnFilter(bed1, filter)).toBe(true);
  },
);

test.each([
  "devices/bed-2/readings",
  "devices/bed-12/#",
  "devices/+/readings",
  "devices/#",
  "#",
  "+/bed-1/readings",
  "$SYS/#",
  "$share/x/devices/bed-1/readings",
  "devices/bed-1",
  "",
])("and nobody else's: %s", (filter) => {
  expect(isOwnFilter(bed1, filter)).toBe(false);
});
