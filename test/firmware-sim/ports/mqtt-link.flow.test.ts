import { createServer, type Socket } from "node:net";
import { Aedes } from "aedes";
import { expect, onTestFinished, test, vi } from "vitest";
import { connectMqtt } from "../../../firmware-sim/ports/mqtt-link.ts";
import { soon } from "../../support/soon.ts";

const reading = (second: number) => ({ topic: "devices/bed-12/readings", payload: `${second}` });

test("a bed signs in with its key, says online, and its packs arrive with QoS 1", async () => {
  const broker = await openBroker();
  const bed = connectBed(broker.port);
  await bed.connected;
  bed.publish(reading(1));
  await soon(() => expect(broker.heard()).toEqual(["status online retained", "readings 1 qos1"]));
  expect(broker.signedIn).toEqual(["bed-12 bed-12 key-12"]);
});

test("a bed that is switched off says offline; one that is cut off has it said by the broker", async () => {
  const broker = await openBroker();
  const switchedOff = connectBed(broker.port);
  await switchedOff.connected;
  await switchedOff.close();
  const cutOff = connectBed(broker.port);
  await cutOff.connected;
  await soon(() => expect(broker.heard()).toHaveLength(3));
  broker.cut();
  await vi.waitFor(() => expect(broker.heard()).toHaveLength(5), { timeout: 8_000 });
  expect(broker.heard()).toEqual([
    "status online retained",
    "status offline retained",
    "status online retained",
    "status offline retained",
    // The broker is back for the bed that was cut off.
    "status online retained",
  ]);
});

test("what a bed says without a broker arrives once there is one, in order, the newest thousand", async () => {
  const port = await freePort();
  const bed = connectBed(port);
  for (let second = 1; second <= 1200; second++) bed.publish(reading(second));
  const broker = await openBroker(port);
  await vi.waitFor(() => expect(broker.heard()).toHaveLength(1001), { timeout: 10_000 });
  expect(broker.heard().slice(1)).toEqual(
    Array.from({ length: 1000 }, (_, place) => `readings ${place + 201} qos1`),
  );
}, 15_000);

function connectBed(port: number) {
  const bed = connectMqtt({
    deviceId: "bed-12",
    url: `mqtt://127.0.0.1:${port}`,
    key: "key-12",
    statusTopic: "devices/bed-12/status",
  });
  onTestFinished(() => bed.close());
  return bed;
}

async function openBroker(port = 0) {
  const signedIn: string[] = [];
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const broker = await Aedes.createBroker({
    authenticate: (client, username, password, done) => {
      signedIn.push(`${client.id} ${username} ${password}`);
      done(null, true);
    },
  });
  broker.on("publish", ({ topic, payload, qos, retain }) => {
    const [, deviceId, what] = topic.split("/");
    if (deviceId !== "bed-12") return;
    const text = payload.toString();
    heard.push(
      what === "readings" ? `readings ${text} qos${qos}` : `${what} ${text}${retain ? " retained" : ""}`,
    );
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(async () => {
    server.close();
    cut();
    await new Promise<void>((resolve) => broker.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the broker has no port");
  return { port: address.port, signedIn, heard: () => heard, cut };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}
