import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CloudConfig } from "../../config/cloud.ts";
import { DeviceKeyHashes, GatewayConfig } from "../../config/gateway.ts";
import { ConfigError, loadConfig, parseConfig } from "../../config/load.ts";
import { tempDir } from "../support/temp-dir.ts";

const SECRET = "hunter2-hunter2";
const HASH = "a".repeat(64);

const GATEWAY = `
gateway: { id: gw-north, hospital: north }
wardFile: ward.yaml
dataDirectory: data
cloud: { url: "http://127.0.0.1:8080", keyFile: gateway.key }
`;
const CLOUD = `
dataDirectory: data
hospitals: [{ id: north, name: North }]
gateways: [{ id: gw-north, hospital: north, keySha256: ${HASH} }]
`;

/** Ten levels, each ten times the one before. */
const bomb = Array.from({ length: 10 }, (_, level) => {
  const items =
    level === 0
      ? SECRET
      : Array(10)
          .fill(`*x${level - 1}`)
          .join(", ");
  return `x${level}: &x${level} [${items}]\n`;
}).join("");

/** The whole message of a configuration that is refused. */
function refusal(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error("expected the configuration to be refused");
}

describe("a gateway's configuration", () => {
  const parse = (text: string) => parseConfig(GatewayConfig, text, "gateway.yaml");

  test("needs little, and says nothing of MQTT where no device speaks it", () => {
    expect(parse(GATEWAY)).toMatchObject({
      console: { host: "127.0.0.1", port: 8180 },
      metrics: { port: 9181 },
    });
    expect(parse(GATEWAY).mqtt).toBeUndefined();
  });

  test("bounds the connections of one address, and says so where the bound is none", () => {
    const mqtt = (more: string) => `${GATEWAY}mqtt: { deviceKeyHashesFile: keys.json${more} }\n`;
    expect(parse(mqtt("")).mqtt?.connectionsPerAddressMax).toBe(200);
    expect(parse(mqtt(", connectionsPerAddressMax: 2000")).mqtt?.connectionsPerAddressMax).toBe(2_000);
    for (const wrong of [0, 2_001, 1.5]) {
      const load = () => parse(mqtt(`, connectionsPerAddressMax: ${wrong}`));
      expect(refusal(load)).toContain("mqtt.connectionsPerAddressMax: ");
    }
  });

  test("bounds what the journal may use, and wants what is set aside to be more than its log", () => {
    const journal = (more: string) => `${GATEWAY}journal: { ${more} }\n`;
    expect(parse(GATEWAY).journal).toEqual({
      bytesMax: 4_096 * 1_048_576,
      ballastBytes: 64 * 1_048_576,
      reserveBytes: 64 * 1_048_576,
    });
    for (const wrong of ["bytesMax: 1", "ballastBytes: 1048576", "reserveBytes: -1"]) {
      const load = () => parse(journal(wrong));
      expect(refusal(load)).toContain(`journal.${wrong.split(":")[0]}: `);
    }
  });

  test("with three mistakes names all three, and shows no value", () => {
    const message = refusal(() =>
      parse(`
gateway: { id: "${SECRET} !", hospital: north }
wardFile: ward.yaml
dataDirectory: data
cloud: { url: "ftp://user:${SECRET}@cloud", keyFile: gateway.key }
console: { port: 99999 }
passwort: ${SECRET}
`),
    );
    expect(message.split("\n")).toEqual([
      "gateway.yaml has 4 problems:",
      expect.stringMatching(/^ {2}gateway\.id: expected 1 to 64 of/),
      expect.stringMatching(/^ {2}cloud\.url: /),
      expect.stringMatching(/^ {2}console\.port: /),
      "  (top level): unknown field passwort",
    ]);
    expect(message).not.toContain(SECRET);
    expect(message).not.toContain("99999");
  });

  test.each<[string, string, RegExp]>([
    ["a bracket left open", `${GATEWAY}console: { port: 8180\n`, /line 7: /],
    ["a field twice", `${GATEWAY}wardFile: ${SECRET}\n`, /line 6: DUPLICATE_KEY/],
    ["two documents", `${GATEWAY}---\nwardFile: ${SECRET}\n`, /MULTIPLE_DOCS/],
    ["a value by a name that stands for nothing", `${GATEWAY}console: *${SECRET}\n`, /line 6: /],
    ["names of names that stand for gigabytes", `${GATEWAY}${bomb}`, /aliases/],
    ["nothing", "", /\(top level\)/],
    ["a sentence", `please start with ${SECRET}`, /\(top level\)/],
  ])("with %s says where, and shows no value", (_name, text, where) => {
    const message = refusal(() => parse(text));
    expect(message).toMatch(where);
    expect(message).not.toContain(SECRET);
  });
});

describe("the cloud's configuration", () => {
  test("names a gateway of no hospital and a gateway twice, at once", () => {
    const again = `
  - { id: gw-north, hospital: north, keySha256: ${HASH} }
  - { id: gw-west, hospital: west, keySha256: ${HASH} }
`;
    const text = CLOUD.replace(
      /gateways: .*/,
      `gateways:\n  - { id: gw-north, hospital: north, keySha256: ${HASH} }${again}`,
    );
    const message = refusal(() => parseConfig(CloudConfig, text, "cloud.yaml"));
    expect(message).toContain("gateways.1: gateway id is used twice");
    expect(message).toContain("gateways.2: hospital is not in hospitals");
  });

  test("takes a hash and never a key", () => {
    const message = refusal(() => parseConfig(CloudConfig, CLOUD.replace(HASH, SECRET), "cloud.yaml"));
    expect(message).toContain("gateways.0.keySha256: expected a SHA-256");
    expect(message).not.toContain(SECRET);
    expect(parseConfig(CloudConfig, CLOUD, "cloud.yaml").http.port).toBe(8080);
  });

  test("says nothing of a history, and keeps everything in its database", () => {
    const config = parseConfig(CloudConfig, CLOUD, "cloud.yaml");
    expect(config).toMatchObject({ timeSeries: {}, retention: [], reports: [] });
    expect(config.archive).toBeUndefined();
  });

  test.each<[string, string, string]>([
    [
      "a policy for nobody's hospital",
      "retention: [{ class: vitals, hospital: west, rawDays: 90, afterwards: delete }]",
      "retention.0.hospital: hospital is not in hospitals",
    ],
    [
      "an archive that is nowhere",
      "retention: [{ class: vitals, rawDays: 90, afterwards: archive }]",
      "retention.0.afterwards: there is no archive",
    ],
    [
      "roll-ups that go before what they are made of",
      "retention: [{ class: vitals, rawDays: 90, minuteDays: 30, afterwards: delete }]",
      "retention.0.minuteDays: roll-ups by the minute must outlast readings",
    ],
    [
      "hours that go before minutes",
      "retention: [{ class: vitals, rawDays: 9, minuteDays: 30, hourDays: 20, afterwards: delete }]",
      "retention.0.hourDays: roll-ups by the hour must outlast",
    ],
    [
      "two policies for one class",
      "retention: [{ class: vitals, rawDays: 9, afterwards: delete }, { class: vitals, rawDays: 8, afterwards: delete }]",
      "retention.1.class: a second policy",
    ],
    [
      "a report on a clock that nobody knows",
      "reports: [{ name: a, cron: '0 6 * * 1', timeZone: Middle/Earth, period: yesterday, formats: [pdf] }]",
      "reports.0.timeZone: expected a time zone",
    ],
    [
      "a report at no time",
      "reports: [{ name: a, cron: 'every day', timeZone: UTC, period: yesterday, formats: [pdf] }]",
      "reports.0.cron: expected five fields",
    ],
    [
      "two reports of one name",
      "reports: [{ name: a, cron: '0 6 * * 1', timeZone: UTC, period: yesterday, formats: [pdf] }, { name: a, cron: '0 6 * * 1', timeZone: UTC, period: yesterday, formats: [csv] }]",
      "reports.1.name: report name is used twice",
    ],
  ])("refuses %s", (_name, line, expected) => {
    expect(refusal(() => parseConfig(CloudConfig, `${CLOUD}${line}\n`, "cloud.yaml"))).toContain(expected);
  });

  test("takes no password in an address, and does not repeat it", () => {
    const line = `timeSeries: { influxdb: { api: "1", url: "http://me:${SECRET}@127.0.0.1:8086" } }\n`;
    const message = refusal(() => parseConfig(CloudConfig, `${CLOUD}${line}`, "cloud.yaml"));
    expect(message).toContain("expected an address without a password");
    expect(message).not.toContain(SECRET);
  });
});

test("a device key file with a key in place of its hash names the device alone", () => {
  const message = refusal(() => parseConfig(DeviceKeyHashes, JSON.stringify({ "bed-12": SECRET }), "keys"));
  expect(message).toContain("bed-12");
  expect(message).not.toContain(SECRET);
});

test("a file that is not there, or is none, is named with the reason", () => {
  const directory = tempDir();
  mkdirSync(join(directory, "folder.yaml"));
  writeFileSync(join(directory, "gateway.yaml"), GATEWAY);
  const load = (name: string) => loadConfig(GatewayConfig, join(directory, name), "Gateway configuration");
  expect(refusal(() => load("lost.yaml"))).toMatch(
    /^Gateway configuration .*lost\.yaml cannot be read \(ENOENT\)/,
  );
  expect(refusal(() => load("folder.yaml"))).toContain("(EISDIR)");
  expect(load("gateway.yaml").wardFile).toBe("ward.yaml");
});
