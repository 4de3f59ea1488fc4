import { expect, test } from "vitest";
import { KeyRing } from "../../cloud/web/desk/key-ring.ts";

test("the same wish keeps its key until it is granted, and has another the next time", () => {
  const keys = new KeyRing();
  const first = keys.keyOf({ requestId: "a", bedId: "b" });
  expect(keys.keyOf({ requestId: "a", bedId: "b" })).toBe(first);
  keys.granted({ requestId: "a", bedId: "b" });
  expect(keys.keyOf({ requestId: "a", bedId: "b" })).not.toBe(first);
});

test("two wishes have two keys", () => {
  const keys = new KeyRing();
  expect(keys.keyOf({ bedId: "a" })).not.toBe(keys.keyOf({ bedId: "b" }));
});
