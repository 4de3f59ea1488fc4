import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { connectAsync } from "mqtt";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { GatewayConfig } from "../../config/gateway.ts";
import { startGateway } from "../../gateway/gateway.ts";
import { openJournal } from "../../gateway/journal/open-journal.ts";
import { systemClock } from "../../gateway/moment.ts";
import { listenOn } from "../../gateway/transport/listen-on.ts";
import { freePort } from "../support/free-port.ts";
import { journalFiles } from "../support/journal-directory.ts";
import { openLine } from "../support/loopback.ts";
import { soon } from "../support/soon.ts";
import { tempDir } from "../support/temp-dir.ts";
import { BED_DEVICE, topology } from "../support/wards.ts";

/** A whole gateway in this process; its cloud takes connections and answers none. */
async function openGateway({ consolePort = 0, mqttPort = 0 } = {}) {
  const cloud = await openLine();
  const fatal: unknown[] = [];
  const journal = await openJournal({ ...journalFiles(tempDir()), onFatal: (error) => fatal.push(error) });
  const stop = new AbortController();
  const config = GatewayConfig.parse({
    gateway: { id: "gw-north", hospital: "north" },
    wardFile: "ward.yaml",
    dataDirectory: "data",
    cloud: { url: `http://127.0.0.1:${cloud.port}`, keyFile: "gateway.key" },
    mqtt: { port: mqttPort, deviceKeyHashesFile: "keys.json" },
    console: { port: consolePort },
    metrics: { port: 0 },
  });
  const keyHash = createHash("sha256").update("key").digest("hex");
  const start = () =>
    startGateway(
      {
        config,
        topology: topology({ debounce: { presentMs: 0, absentMs: 0 } }),
        journal,
        cloudKey: "hk",
        deviceKeyHashes: new Map([[BED_DEVICE, keyHash]]),
        logBook: null,
        transportFiles: { mqttTls: null, brokers: new Map() },
        clock: systemClock,
        random: () => 0,
        log: pino({ enabled: false }),
        onFatal: (error) => fatal.push(error),
      },
      stop.signal,
    );
  onTestFinished(() => {
    stop.abort();
    return journal.close();
  });
  return { start, stop, cloud, journal, fatal };
}

test("a gateway goes on without the cloud, and ends at once when it is told to", async () => {
  const { start, stop, cloud, journal, fatal } = await openGateway();
  const gateway = await start();
  const device = await connectAsync(`mqtt://127.0.0.1:${gateway.ports.mqtt}`, {
    clientId: BED_DEVICE,
    username: BED_DEVICE,
    password: "key",
    reconnectPeriod: 0,
  });
  await device.publishAsync(`devices/${BED_DEVICE}/readings`, '[{"n":"occupancy","vb":true}]', { qos: 1 });
  expect(gateway.status().beds).toEqual([
    expect.objectContaining({ occupancy: "present", readiness: "dirty" }),
  ]);
  expect(journal.marks("beds").headSeq).toBeGreaterThan(2);
  await soon(() => expect(cloud.sockets.length).toBeGreaterThan(1));

  stop.abort();
  await gateway.ended;
  await expect(fetch(`http://127.0.0.1:${gateway.ports.console}/healthz`)).rejects.toThrow();
  expect(fatal).toEqual([]);
});

test("a gateway whose page cannot have its port leaves no other port open", async () => {
  const taken = await openLine();
  const mqttPort = await freePort();
  const { start } = await openGateway({ consolePort: taken.port, mqttPort });
  await expect(start()).rejects.toThrow(`Status page: port ${taken.port}`);
  const next = createServer();
  onTestFinished(() => void next.close());
  await expect(listenOn(next, "127.0.0.1", mqttPort, "MQTT")).resolves.toBe(mqttPort);
});
