/** The file with the keys, and what is sealed under them. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemRandomness } from "../../cloud/clock.ts";
import { openKeyFile } from "../../cloud/encounters/key-file.ts";
import { KeyMissingError } from "../../cloud/encounters/key-provider.ts";
import { SealBrokenError, seal, unseal } from "../../cloud/encounters/seal.ts";
import { tempDir } from "../support/temp-dir.ts";

const file = () => join(tempDir(), "identity.key");
const open = (path: string) => openKeyFile(path, systemRandomness);
const DATA_KEY = Uint8Array.from({ length: 32 }, (_, n) => n);

describe("the key file", () => {
  it("is made at the first start for its owner alone, and is the same at the next", async () => {
    // Its directory is made with it.
    const path = join(tempDir(), "data", "identity.key");
    const wrapped = await open(path).wrap(DATA_KEY);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(path, ".."))).toEqual(["identity.key"]);
    expect(Uint8Array.from(await open(path).unwrap(wrapped))).toEqual(DATA_KEY);
  });

  it("is refused where others may read it", () => {
    const path = file();
    open(path);
    for (const mode of [0o640, 0o604, 0o644]) {
      chmodSync(path, mode);
      expect(() => open(path)).toThrow(/open to others.*chmod 600/);
    }
  });

  it.each([
    "",
    "{",
    "{}",
    '{"keys":[]}',
    '{"keys":[{"id":"k-1","key":"c2VjcmV0LXRvby1zaG9ydA=="}]}',
    `{"keys":[{"id":"k-1","key":"${"c2VjcmV0".repeat(7)}"}],"secret":1}`,
  ])("is refused where it is none, without showing what it holds: %j", (text) => {
    const path = file();
    writeFileSync(path, text, { mode: 0o600 });
    expect(() => open(path)).toThrow(/is not one: expected/);
    expect(() => open(path)).not.toThrow(/c2Vj/);
  });

  it("is not made where it cannot be", () => {
    const notADirectory = file();
    open(notADirectory);
    expect(() => open(join(notADirectory, "identity.key"))).toThrow(/ENOTDIR/);
    const path = file();
    mkdirSync(path, { mode: 0o700 });
    expect(() => open(path)).toThrow(/EISDIR/);
  });

  it("opens after a rotation what older keys sealed, and wraps under the newest", async () => {
    const path = file();
    const old = await open(path).wrap(DATA_KEY);
    const { keys } = JSON.parse(readFileSync(path, "utf8")) as { keys: object[] };
    const next = { id: "k-next", key: Buffer.alloc(32, 7).toString("base64") };
    writeFileSync(path, JSON.stringify({ keys: [next, ...keys] }));
    const rotated = open(path);
    expect(Uint8Array.from(await rotated.unwrap(old))).toEqual(DATA_KEY);
    expect((await rotated.wrap(DATA_KEY)).keyId).toBe("k-next");
    writeFileSync(path, JSON.stringify({ keys: [next] }));
    await expect(open(path).unwrap(old)).rejects.toThrow(KeyMissingError);
  });
});

describe("sealed bytes", () => {
  const plain = new TextEncoder().encode("Quillfeather");
  const sealed = seal(plain, DATA_KEY, ["row", 1], systemRandomness);

  it("open with their key in their place, and are other bytes each time", () => {
    expect(Uint8Array.from(unseal(sealed, DATA_KEY, ["row", 1]))).toEqual(plain);
    expect(seal(plain, DATA_KEY, ["row", 1], systemRandomness)).not.toEqual(sealed);
  });

  it("do not open elsewhere, with another key, cut short, or with any one bit changed", () => {
    const otherKey = DATA_KEY.with(0, 1);
    expect(() => unseal(sealed, DATA_KEY, ["row", 2])).toThrow(SealBrokenError);
    expect(() => unseal(sealed, DATA_KEY, ["row1"])).toThrow(SealBrokenError);
    expect(() => unseal(sealed, otherKey, ["row", 1])).toThrow(SealBrokenError);
    for (let length = 0; length < sealed.length; length++)
      expect(() => unseal(sealed.subarray(0, length), DATA_KEY, ["row", 1])).toThrow(SealBrokenError);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const broken = Uint8Array.from(sealed);
      broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => unseal(broken, DATA_KEY, ["row", 1])).toThrow(SealBrokenError);
    }
  });
});
