import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ed25519 } from "@noble/curves/ed25519.js";
import { expect, test } from "vitest";
import { systemRandomness } from "../../../cloud/clock.ts";
import { openNetworkKey } from "../../../cloud/evidence/network-key.ts";
import { utf8 } from "../../../contracts/log/bytes.ts";
import { tempDir } from "../../support/temp-dir.ts";

const open = (file: string) => openNetworkKey(file, systemRandomness);

test("the network's key is made once, for its owner alone, and signs as anybody checks", () => {
  const file = join(tempDir(), "deep", "network-key.pem");
  const made = open(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const again = open(file);
  expect(again.publicKey).toEqual(made.publicKey);
  const message = utf8("a checkpoint");
  expect(ed25519.verify(again.sign(message), message, made.publicKey)).toBe(true);
});

test.each([
  ["nothing", ""],
  ["no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"],
])("a file with %s in it ends the start, and is left as it is", (_what, content) => {
  const file = join(tempDir(), "network-key.pem");
  writeFileSync(file, content, { mode: 0o600 });
  expect(() => open(file)).toThrow(/is not one: expected an Ed25519 private key in PEM/);
  expect(readFileSync(file, "utf8")).toBe(content);
});

test("a file that others may read ends the start", () => {
  const file = join(tempDir(), "network-key.pem");
  open(file);
  chmodSync(file, 0o640);
  expect(() => open(file)).toThrow(/is open to others than its owner\. Run chmod 600/);
});

test("a path that cannot be a file ends the start", () => {
  const directory = tempDir();
  mkdirSync(join(directory, "network-key.pem"), { mode: 0o700 });
  expect(() => open(join(directory, "network-key.pem"))).toThrow(/cannot be read \(EISDIR\)/);
});
