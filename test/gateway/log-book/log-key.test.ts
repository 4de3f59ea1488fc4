import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bytesOf } from "../../../contracts/log/bytes.ts";
import { isKeyRotation } from "../../../contracts/log/key-rotation.ts";
import { gatewayKeyName } from "../../../contracts/log/note.ts";
import { GatewayId } from "../../../contracts/wire/ids.ts";
import {
  finishRotation,
  rotateLogKey,
  rotationOf,
  rotationStored,
} from "../../../gateway/log-book/key-rotation-file.ts";
import {
  LOG_KEY_FILE,
  newLogKey,
  pemOf,
  readLogKey,
  readOrMakeLogKey,
} from "../../../gateway/log-book/log-key.ts";
import { tempDir } from "../../support/temp-dir.ts";

const gatewayId = GatewayId.parse("gw-north");

describe("a gateway's log key", () => {
  test("is made once, for its owner alone, in a directory made for it", () => {
    const file = join(tempDir(), "data", LOG_KEY_FILE);
    const made = readOrMakeLogKey(file);
    expect(made.publicKey).toHaveLength(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readOrMakeLogKey(file).publicKey).toEqual(made.publicKey);
  });

  test("that others can read, or that is none, is not used, and it is said what to do", () => {
    const file = join(tempDir(), LOG_KEY_FILE);
    readOrMakeLogKey(file);
    chmodSync(file, 0o640);
    expect(() => readOrMakeLogKey(file)).toThrow("mode 640, expected 600");
    writeFileSync(file, "no key");
    chmodSync(file, 0o600);
    expect(() => readOrMakeLogKey(file)).toThrow("is no Ed25519 key in PEM");
    expect(readFileSync(file, "utf8")).toBe("no key");
  });
});

describe("a new key", () => {
  function rotated() {
    const directory = tempDir();
    const file = join(directory, LOG_KEY_FILE);
    const old = readOrMakeLogKey(file);
    const made = rotateLogKey(directory, gatewayId);
    return { directory, file, old, made };
  }

  test("is introduced by the old one until the cloud has heard of it", () => {
    const { directory, file, old, made } = rotated();
    expect(readLogKey(file)?.publicKey).toEqual(made.publicKey);
    const rotation = rotationOf(directory, made);
    expect(bytesOf(rotation?.oldPublicKey ?? "")).toEqual(old.publicKey);
    const name = gatewayKeyName(gatewayId);
    expect(
      isKeyRotation({ name, publicKey: old.publicKey }, made.publicKey, bytesOf(rotation?.signature ?? "")),
    ).toBe(true);
    expect(() => rotateLogKey(directory, gatewayId)).toThrow("has not heard of the last new log key yet");
    rotationStored(directory);
    expect(rotationOf(directory, made)).toBeNull();
    expect(rotateLogKey(directory, gatewayId).publicKey).not.toEqual(made.publicKey);
  });

  test("that a power cut came into is in force with the old one's word for it, or not at all", () => {
    const { directory, file, old, made } = rotated();
    // Before the last step.
    renameSync(file, `${file}.new`);
    writeFileSync(file, pemOf(old), { mode: 0o600 });
    finishRotation(directory);
    expect(readLogKey(file)?.publicKey).toEqual(made.publicKey);
    expect(rotationOf(directory, made)).not.toBeNull();
    // Before the word was written.
    writeFileSync(`${file}.new`, pemOf(newLogKey()), { mode: 0o600 });
    finishRotation(directory);
    expect(readLogKey(file)?.publicKey).toEqual(made.publicKey);
    expect(existsSync(`${file}.new`)).toBe(false);
    expect(readdirSync(directory).toSorted()).toEqual(["log-key.pem", "log-rotation.json"]);
  });

  test("is not made where there is no old one", () => {
    expect(() => rotateLogKey(tempDir(), gatewayId)).toThrow("the first start makes one");
  });
});
