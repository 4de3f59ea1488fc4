import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { admitByCertificate, admitByKey } from "../../../../gateway/transport/mqtt/admission.ts";

const hash = (key: string) => createHash("sha256").update(key).digest("hex");
const KEYS = new Map([
  ["smart-bed-1", hash("key-1")],
  ["monitor-1", hash("key-2")],
]);
const isMqttDevice = (id: string) => id === "smart-bed-1" || id === "smart-bed-2";
const admitted = (id: string, key: string | undefined) =>
  admitByKey(KEYS, isMqttDevice, id, key === undefined ? undefined : new TextEncoder().encode(key));

test("a device of the ward file comes in with its own key", () => {
  expect(admitted("smart-bed-1", "key-1")).toEqual({ kind: "admitted", deviceId: "smart-bed-1" });
});

describe("nobody else does, and is told apart:", () => {
  test.each<[string, string, string | undefined, string]>([
    ["a device that is in no ward file", "smart-bed-9", "key-1", "unknown-device"],
    ["a device that does not speak MQTT", "monitor-1", "key-2", "unknown-device"],
    ["a device without a key on file", "smart-bed-2", "key-1", "unknown-device"],
    ["a name that is no id", "Smart Bed\n1", "key-1", "unknown-device"],
    ["no name", "", "key-1", "unknown-device"],
    ["another device's key", "smart-bed-1", "key-2", "wrong-device-key"],
    ["an empty key", "smart-bed-1", "", "wrong-device-key"],
    ["no key", "smart-bed-1", undefined, "wrong-device-key"],
  ])("%s", (_name, id, key, reason) => {
    expect(admitted(id, key)).toMatchObject({ kind: "refused", reason });
  });

  test("a name as long as a novel, which is not printed whole", () => {
    const refused = admitted("x".repeat(60_000), "key-1");
    expect(refused.kind === "refused" && refused.detail.length).toBeLessThan(200);
  });

  test("and the key they came with is never repeated", () => {
    expect(JSON.stringify(admitted("smart-bed-1", "hunter2"))).not.toContain("hunter2");
  });
});

describe("a certificate that the devices' authority signed", () => {
  test("lets in the device that it names, without a key", () => {
    expect(admitByCertificate(isMqttDevice, "smart-bed-2", "smart-bed-2")).toEqual({
      kind: "admitted",
      deviceId: "smart-bed-2",
    });
  });

  test.each<[string, string, string, string]>([
    ["another device than it names", "smart-bed-1", "smart-bed-2", "wrong-certificate"],
    ["a device by a name that only begins alike", "smart-bed-1", "smart-bed-10", "wrong-certificate"],
    ["a device, where it names nobody", "smart-bed-1", "", "wrong-certificate"],
    [
      "whom it names, where that is no device of the ward file",
      "smart-bed-9",
      "smart-bed-9",
      "unknown-device",
    ],
  ])("does not let in %s", (_name, id, certificateName, reason) => {
    expect(admitByCertificate(isMqttDevice, id, certificateName)).toMatchObject({ kind: "refused", reason });
  });
});
