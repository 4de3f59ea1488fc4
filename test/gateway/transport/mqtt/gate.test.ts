import { Socket } from "node:net";
import { expect, test } from "vitest";
import { Tally } from "../../../../gateway/transport/mqtt/broker-counters.ts";
import { Gate } from "../../../../gateway/transport/mqtt/gate.ts";
import { CONNECTIONS_MAX } from "../../../../gateway/transport/mqtt/limits.ts";
import { HandClock } from "../../../support/moments.ts";

test("so many connections in all, and no more before one of them has left", () => {
  const tally = new Tally();
  const gate = new Gate({ connectionsPerAddressMax: CONNECTIONS_MAX + 1, clock: new HandClock(), tally });
  const sockets = Array.from({ length: CONNECTIONS_MAX }, () => new Socket());
  for (const socket of sockets) expect(gate.enter("tcp", socket)).not.toBeNull();
  const late = new Socket();
  expect(gate.enter("webSocket", late)).toBeNull();
  expect(late.destroyed).toBe(true);
  expect(tally.refused["connections-full"]).toBe(1);
  sockets[0]?.emit("close");
  expect(gate.enter("tls", new Socket())).not.toBeNull();
  expect(tally.connections).toEqual({ tcp: CONNECTIONS_MAX - 1, tls: 1, webSocket: 0 });
  gate.closeAll();
});
