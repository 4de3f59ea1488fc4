/**
 * Who may stand at the doors: raw connections are counted, in all and by address, and each has five seconds to be
 * accepted, whatever it does meanwhile: half a TLS handshake, half an upgrade, half a CONNECT.
 */
import type { Socket } from "node:net";
import type { Clock } from "../../moment.ts";
import type { DoorName, Refusal, Tally } from "./broker-counters.ts";
import { CONNECT_TIMEOUT_MS, CONNECTIONS_MAX } from "./limits.ts";

export class Visitor {
  readonly door: DoorName;
  readonly socket: Socket;
  readonly sinceMonoMs: number;
  #whenAccepted: (() => void)[] = [];

  constructor(door: DoorName, socket: Socket, sinceMonoMs: number) {
    this.door = door;
    this.socket = socket;
    this.sinceMonoMs = sinceMonoMs;
  }

  onAccepted(then: () => void): void {
    this.#whenAccepted.push(then);
  }

  /** It is known who it is: its time does not run any more. */
  accept(): void {
    for (const then of this.#whenAccepted.splice(0)) then();
  }
}

export class Gate {
  readonly #connectionsPerAddressMax: number;
  readonly #clock: Clock;
  readonly #tally: Tally;
  readonly #inAll = new Set<Visitor>();
  readonly #waiting = new Set<Visitor>();
  readonly #byAddress = new Map<string, number>();

  constructor(parts: { connectionsPerAddressMax: number; clock: Clock; tally: Tally }) {
    this.#connectionsPerAddressMax = parts.connectionsPerAddressMax;
    this.#clock = parts.clock;
    this.#tally = parts.tally;
  }

  /** Null where there is no room: the socket is closed by then. */
  enter(door: DoorName, socket: Socket): Visitor | null {
    // Whatever breaks before anybody reads from it: an error that nobody hears would end the gateway.
    socket.on("error", ignore);
    const address = addressOf(socket);
    const ofAddress = this.#byAddress.get(address) ?? 0;
    if (this.#inAll.size >= CONNECTIONS_MAX) return this.#turnAway(socket, "connections-full");
    if (ofAddress >= this.#connectionsPerAddressMax) return this.#turnAway(socket, "address-full");
    const visitor = new Visitor(door, socket, this.#clock.now().monoMs);
    visitor.onAccepted(() => this.#waiting.delete(visitor));
    this.#byAddress.set(address, ofAddress + 1);
    this.#inAll.add(visitor);
    this.#waiting.add(visitor);
    this.#tally.connections[door] += 1;
    socket.once("close", () => this.#leave(visitor, address));
    return visitor;
  }

  /** Closes those whose time is up. */
  sweep(nowMonoMs: number): void {
    for (const visitor of this.#waiting) {
      // They came one after the other.
      if (nowMonoMs - visitor.sinceMonoMs < CONNECT_TIMEOUT_MS) return;
      this.#waiting.delete(visitor);
      this.#tally.refused["connect-timeout"] += 1;
      visitor.socket.destroy();
    }
  }

  closeAll(): void {
    for (const { socket } of this.#inAll) socket.destroy();
  }

  #turnAway(socket: Socket, refusal: Refusal): null {
    this.#tally.refused[refusal] += 1;
    socket.destroy();
    return null;
  }

  #leave(visitor: Visitor, address: string): void {
    this.#inAll.delete(visitor);
    this.#waiting.delete(visitor);
    this.#tally.connections[visitor.door] -= 1;
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
  }
}

const ignore = () => undefined;

/** One that is spoken to over both families has one address. */
const addressOf = (socket: Socket) => (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
