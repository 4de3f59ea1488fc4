import { expect, test } from "vitest";
import { createLog } from "../../gateway/log.ts";

test("a key, a password or a token that a log line is given does not stand in it", () => {
  const lines: string[] = [];
  const log = createLog("gateway gw-north", { write: (line) => void lines.push(line) });
  const secret = "not for a log";
  log.warn({ broker: { key: secret, password: secret, token: secret, name: "house" } }, "cannot connect");
  log.warn({ headers: { authorization: secret } }, "was refused");
  expect(lines).toHaveLength(2);
  expect(lines.join("")).not.toContain(secret);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ name: "gateway gw-north", broker: { name: "house" } });
});
