import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isRefusedAddress, lookupFor } from "../../cloud/webhooks/address.ts";
import { retryAfterMs, retryDelayMs } from "../../cloud/webhooks/back-off.ts";
import { messageOf } from "../../cloud/webhooks/message.ts";
import { type Answered, post } from "../../cloud/webhooks/post.ts";
import { openReceiver, type Receiver } from "./webhook-receiver.ts";

describe("addresses", () => {
  test.each([
    ["loopback", ["127.0.0.1", "127.255.255.254", "::1"]],
    ["nowhere", ["0.0.0.0", "0.1.2.3", "::"]],
    ["private", ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12:3456::1"]],
    ["shared by a carrier", ["100.64.0.1", "100.127.255.255"]],
    ["of this link", ["169.254.169.254", "fe80::1", "fe80::1%eth0"]],
    ["multicast and reserved", ["224.0.0.1", "239.255.255.255", "255.255.255.255", "ff02::1"]],
    [
      "IPv4 in IPv6",
      ["::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "2002:7f00:1::"],
    ],
    ["no address", ["localhost", "", "1.2.3"]],
  ])("%s is refused", (_name, addresses) => {
    for (const address of addresses) expect(isRefusedAddress(address), address).toBe(true);
  });

  test("those of the internet are taken, up to the edges of what is not", () => {
    for (const address of [
      "8.8.8.8",
      "11.0.0.1",
      "100.63.255.255",
      "100.128.0.0",
      "172.15.255.255",
      "172.32.0.0",
    ])
      expect(isRefusedAddress(address), address).toBe(false);
    for (const address of ["2606:4700::1111", "2a00:1450:4001::200e"])
      expect(isRefusedAddress(address), address).toBe(false);
  });

  test("a name is refused by what it resolves to", async () => {
    const looked = (allowPrivate: boolean) =>
      new Promise<unknown>((resolve) =>
        lookupFor(allowPrivate)("localhost", { all: true }, (error, addresses) =>
          resolve(error?.name ?? addresses),
        ),
      );
    expect(await looked(false)).toBe("AddressRefusedError");
    expect(await looked(true)).toContainEqual({ address: "127.0.0.1", family: 4 });
  });
});

describe("a message", () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await openReceiver();
  });
  afterEach(async () => {
    await receiver.close();
  });
  const send = async (url: string, allowPrivate: boolean): Promise<Answered> =>
    await post({
      url,
      body: "{}",
      headers: {},
      allowPrivate,
      answerMsMax: 2_000,
      signal: new AbortController().signal,
    });

  test("goes to no address of our own network, however it is written", async () => {
    const { port } = receiver;
    for (const host of [
      "127.0.0.1",
      "localhost",
      "2130706433",
      "0x7f.1",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "0",
    ]) {
      const answered = await send(`http://${host}:${port}/`, false);
      expect(answered, host).toMatchObject({
        status: null,
        error: expect.stringContaining("no address of the internet"),
      });
    }
    expect(receiver.received).toEqual([]);
    expect(await send(receiver.url, true)).toMatchObject({ status: 204, error: null });
  });

  test("follows no redirect", async () => {
    const inner = await openReceiver();
    try {
      receiver.answer = () => (response) => void response.writeHead(307, { location: inner.url }).end();
      expect(await send(receiver.url, true)).toMatchObject({ status: 307 });
      expect(inner.received).toEqual([]);
    } finally {
      await inner.close();
    }
  });

  test("an answer without end, or that is no answer, is over all the same", async () => {
    receiver.answer = () => (response) => {
      response.writeHead(200);
      response.write("x".repeat(1_000_000));
    };
    expect((await send(receiver.url, true)).status).toBe(200);
    const other = createServer();
    other.on("connection", (socket) => socket.end("nonsense\r\n\r\n"));
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    expect(await send(`http://127.0.0.1:${port}/`, true)).toMatchObject({
      status: null,
      error: expect.any(String),
    });
    other.close();
  });

  test("is shortened where it would be too long, and holds nothing that people wrote", () => {
    const event = {
      position: 7,
      atMs: 0,
      topic: "bookings",
      subjectId: "s",
      kind: "booking-held",
      bedId: null,
      body: { state: "held", reason: "Mrs Smith", evidence: "x".repeat(70_000) },
    };
    const { id, body } = messageOf(event);
    expect(JSON.parse(body)).toMatchObject({ id, data: { position: 7, shortened: true } });
    expect(body.length).toBeLessThan(1_000);
    const small = messageOf({ ...event, body: { ...event.body, evidence: null } });
    expect(small.body).toContain("held");
    expect(small.body).not.toContain("Smith");
  });
});

test("it is tried again from half a second to a quarter of an hour later, and as asked up to an hour", () => {
  expect([1, 2, 3].map((attempts) => retryDelayMs(attempts, 0))).toEqual([500, 1_000, 2_000]);
  expect([1, 2, 3].map((attempts) => retryDelayMs(attempts, 1))).toEqual([1_000, 2_000, 4_000]);
  for (const attempts of [12, 100, 5_000]) {
    expect(retryDelayMs(attempts, 0)).toBe(450_000);
    expect(retryDelayMs(attempts, 1)).toBe(900_000);
  }
  expect(retryAfterMs(null, 0)).toBeNull();
  expect(retryAfterMs("120", 0)).toBe(120_000);
  expect(retryAfterMs("Thu, 01 Jan 1970 00:01:00 GMT", 0)).toBe(60_000);
  expect(retryAfterMs("999999999", 0)).toBe(3_600_000);
  expect(retryAfterMs("soon", 0)).toBeNull();
});
