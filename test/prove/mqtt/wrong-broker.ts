/** The control: a broker that does it wrong, made of the right one by a proxy that spoils what it says. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { CONNACK, type Frame, frame, PUBACK, takeFrame } from "./frames.ts";

export type Spoil = (frames: readonly Frame[]) => readonly Frame[];
export type WrongBroker = { readonly port: number; close(): void };

export type Fault = {
  readonly what: string;
  readonly spoil: Spoil;
  /** Statements that have to be found broken by it. */
  readonly breaks: readonly string[];
};

export const FAULTS: readonly Fault[] = [
  {
    what: "swallows every second PUBACK",
    spoil: dropEverySecondPuback(),
    breaks: ["MQTT-4.3.2-2", "MQTT-4.6.0-2"],
  },
  {
    what: "says what it has to say in the wrong order",
    spoil: (frames) => [...frames].reverse(),
    breaks: ["MQTT-4.6.0-2", "MQTT-4.6.0-6"],
  },
  {
    what: "says that no session is present",
    spoil: (frames) =>
      frames.map((one) => (one.kind === CONNACK ? { ...one, body: Buffer.of(0, one.body[1] ?? 0) } : one)),
    breaks: ["MQTT-3.1.2-4", "MQTT-3.2.2-2"],
  },
];

function dropEverySecondPuback(): Spoil {
  let count = 0;
  return (frames) => frames.filter(({ kind }) => kind !== PUBACK || ++count % 2 === 1);
}

export async function openWrongBroker(rightPort: number, spoil: Spoil): Promise<WrongBroker> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const right = connect(rightPort, "127.0.0.1");
    let rest: Buffer = Buffer.alloc(0);
    for (const socket of [client, right]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        right.destroy();
      });
    }
    client.on("data", (bytes) => right.write(bytes));
    right.on("data", (bytes) => {
      rest = Buffer.concat([rest, bytes]);
      const frames: Frame[] = [];
      for (let taken = takeFrame(rest); taken !== null; taken = takeFrame(rest)) {
        frames.push(taken.frame);
        rest = taken.rest;
      }
      for (const { kind, flags, body } of spoil(frames)) client.write(frame(kind, flags, body));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a port");
  return {
    port: address.port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
