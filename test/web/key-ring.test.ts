import { expect, test } from "vitest";
import { KeyRing } from "../../cloud/web/desk/key-ring.ts";
import { refusalOf, SendError } from "../../contracts/ui/send-json.ts";

const WISH = { requestId: "a", bedId: "b" };
const sent = (keys: KeyRing, wish: unknown) => keys.send(wish, async (key) => key);

test("the same wish keeps its key until it is granted, and has another the next time", async () => {
  const keys = new KeyRing();
  const first = await sent(keys, WISH);
  expect(await sent(keys, { ...WISH })).toBe(first);
  keys.granted({ ...WISH });
  expect(await sent(keys, WISH)).not.toBe(first);
});

test.each([
  ["a refusal", 409, false],
  ["a page that is out of date", 412, false],
  ["an answer for now", 429, true],
  ["a fault of the service", 500, true],
  ["no answer of the service", 503, true],
])("after %s (%i) whether the wish keeps its key: %s", async (_what, status, isKept) => {
  const keys = new KeyRing();
  const first = await sent(keys, WISH);
  const failure = new SendError(refusalOf(status, {}));
  const refused = keys.send(WISH, async () => {
    throw failure;
  });
  await expect(refused).rejects.toBe(failure);
  expect((await sent(keys, WISH)) === first).toBe(isKept);
});

test("two wishes have two keys", async () => {
  const keys = new KeyRing();
  expect(await sent(keys, { bedId: "a" })).not.toBe(await sent(keys, { bedId: "b" }));
});
