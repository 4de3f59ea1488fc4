import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readAnchorKey } from "../../cloud/anchor/anchor-key.ts";
import { runAnchorCommand } from "../../cloud/anchor/command.ts";
import { openAnchor } from "../../cloud/anchor/open-anchor.ts";
import { cronSchedule } from "../../cloud/anchor/schedule.ts";
import { AnchorTrouble } from "../../cloud/anchor/trouble.ts";
import { StartError } from "../../cloud/start-error.ts";
import { Anchor } from "../../config/anchor.ts";
import { tempDir } from "../support/temp-dir.ts";

const KEY = `0x${"1f".repeat(32)}`;

function keyFile(text = KEY, mode = 0o600): string {
  const file = join(tempDir(), "anchor.key");
  writeFileSync(file, text, { mode });
  return file;
}
function refusalOf(start: () => unknown): string {
  try {
    start();
  } catch (error) {
    if (error instanceof StartError) return error.message;
    throw error;
  }
  throw new Error("it was to be refused");
}

describe("the publisher's key", () => {
  test("is read from a file of its owner's alone, with or without 0x", () => {
    expect(readAnchorKey(keyFile(`${KEY}\n`), "/")).toBe(KEY);
    expect(readAnchorKey(keyFile(KEY.slice(2)), "/")).toBe(KEY);
  });

  test("that others may read is refused, with what to do", () => {
    const file = keyFile();
    for (const mode of [0o640, 0o604, 0o620]) {
      chmodSync(file, mode);
      expect(refusalOf(() => readAnchorKey(file, "/"))).toContain("chmod 600");
    }
  });

  test("that is none is refused, and never shown", () => {
    const said = refusalOf(() => readAnchorKey(keyFile("not a key, but a secret"), "/"));
    expect(said).toContain("64 hexadecimal digits");
    expect(said).not.toContain("secret");
    expect(refusalOf(() => readAnchorKey("nowhere.key", tempDir()))).toContain("ENOENT");
  });

  test("comes from the configuration, or from the environment, or anchoring does not start", () => {
    const config = Anchor.parse({
      rpcUrls: ["http://127.0.0.1:1"],
      chainId: 1,
      contract: `0x${"C0".repeat(20)}`,
    });
    const around = { directory: "/", db: null as never, isEmbedded: true };
    const open = (keyed: Anchor, environment: Record<string, string>) =>
      openAnchor(keyed, { ...around, environment });
    expect(open({ ...config, keyFile: keyFile() }, {})?.privateKey).toBe(KEY);
    expect(open(config, { HOSPITELL_ANCHOR_KEY_FILE: keyFile() })?.privateKey).toBe(KEY);
    expect(refusalOf(() => open(config, {}))).toContain("HOSPITELL_ANCHOR_KEY_FILE");
    expect(openAnchor(undefined, { ...around, environment: {} })).toBeNull();
    expect(config.contract).toBe(`0x${"c0".repeat(20)}`);
  });
});

describe("the schedule", () => {
  test("is a cron of five fields, or the service does not start", () => {
    expect(() => cronSchedule("*/10 * * * *")).not.toThrow();
    for (const bad of ["every ten minutes", "61 * * * *", ""])
      expect(refusalOf(() => cronSchedule(bad))).toContain("*/10 * * * *");
  });
});

describe("the operator's command", () => {
  async function run(...args: readonly string[]) {
    const [printed, complained]: [string[], string[]] = [[], []];
    const output = {
      print: (line: string) => printed.push(line),
      complain: (line: string) => complained.push(line),
    };
    return {
      code: await runAnchorCommand(args, output),
      printed: printed.join("\n"),
      complained: complained.join("\n"),
    };
  }

  test("makes a key that nobody else may read, once, and prints its address only", async () => {
    const file = join(tempDir(), "new.key");
    const made = await run("new-key", "--key-file", file);
    expect(made).toMatchObject({ code: 0, printed: expect.stringMatching(/^0x[0-9a-fA-F]{40}$/) });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const kept = readFileSync(file, "utf8");
    expect(await run("new-key", "--key-file", file)).toMatchObject({
      code: 1,
      complained: expect.stringContaining("EEXIST"),
    });
    expect(readFileSync(file, "utf8")).toBe(kept);
  });

  test("says how it is used, and what address it expected", async () => {
    for (const args of [[], ["deploy"], ["destroy"], ["deploy", "--unknown"]])
      expect(await run(...args)).toMatchObject({ code: 1, complained: expect.stringContaining("usage:") });
    const deploy = ["deploy", "--rpc", "http://127.0.0.1:1", "--key-file", keyFile()];
    expect(await run(...deploy, "--publisher", "0x12")).toMatchObject({
      code: 1,
      complained: expect.stringContaining("0x12"),
    });
  });
});

test("a trouble never tells an endpoint's address, however it came into the sentence", () => {
  const { message } = new AnchorTrouble(
    "rejected",
    "refused by https://rpc.example/v3/access-key?x=1 just now",
  );
  expect(message).toBe("refused by (address) just now");
});
