/** All browsers on the live socket: greets them, tells them what changes, and lets go of those that are gone. */
import type { Logger } from "pino";
import type { HospitalId } from "../../contracts/wire/ids.ts";
import { type Scope, sees } from "../access/scope.ts";
import type { Sessions } from "../access/sessions.ts";
import type { Clock } from "../clock.ts";
import type { KnownBed } from "../registry/bed.ts";
import type { Board } from "./board.ts";
import type { LiveClient } from "./client.ts";
import { every } from "./every.ts";
import type { HeardGateways } from "./follower.ts";
import { changesText, deskText, evidenceText, snapshotText, writeBeds } from "./messages.ts";
import type { DeskChange } from "./repository.ts";

export const LIVE_CLIENTS_MAX = 2_000;
const PING_EVERY_MS = 15_000;
const SESSION_CHECK_EVERY_MS = 5_000;

export type LiveClientsDeps = {
  readonly board: Board;
  readonly sessions: Pick<Sessions, "stillOpen">;
  readonly clock: Clock;
  readonly log: Logger;
};

const mayKnow = (scope: Scope, hospitalIds: readonly HospitalId[]) =>
  scope.kind === "network" || hospitalIds.includes(scope.hospitalId);

export class LiveClients {
  readonly #deps: LiveClientsDeps;
  readonly #clients = new Set<LiveClient>();

  constructor(deps: LiveClientsDeps) {
    this.#deps = deps;
  }

  get count(): number {
    return this.#clients.size;
  }

  /** In one go, without waiting: nothing can change between the greeting and the first message after it. */
  join(client: LiveClient, afterSeq: number | undefined): void {
    if (this.#clients.size >= LIVE_CLIENTS_MAX) {
      client.refuse();
      return;
    }
    const { board, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const { scope } = client;
    client.greet(
      afterSeq !== undefined && board.canResume(afterSeq)
        ? changesText(board.seq, writeBeds(board.changedAfter(afterSeq, scope), nowMs), nowMs)
        : snapshotText(board, scope, nowMs),
    );
    const gateways = board.gateways(scope);
    client.greet(evidenceText(board, scope, { gateways, withEvidence: gateways }, nowMs));
    this.#clients.add(client);
  }

  leave(client: LiveClient): void {
    this.#clients.delete(client);
  }

  bedsChanged(changed: readonly KnownBed[]): void {
    const { board, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const written = writeBeds(changed, nowMs);
    this.#toEachScope((scope) => {
      const seen = written.filter(({ known }) => sees(scope, known.bed.hospitalId));
      return seen.length === 0 ? null : changesText(board.seq, seen, nowMs);
    });
  }

  evidenceChanged({ gateways, withEvidence }: HeardGateways): void {
    const { board, clock } = this.#deps;
    const nowMs = clock.nowMs();
    this.#toEachScope((scope) => {
      const seen = gateways.filter(({ hospitalId }) => sees(scope, hospitalId));
      return seen.length === 0 ? null : evidenceText(board, scope, { gateways: seen, withEvidence }, nowMs);
    });
  }

  /** Somebody of a hospital hears of what that hospital may know, the network's roles of everything. */
  deskChanged(changes: readonly DeskChange[]): void {
    const nowMs = this.#deps.clock.nowMs();
    this.#toEachScope((scope) => {
      const seen = changes.filter(({ hospitalIds }) => mayKnow(scope, hospitalIds));
      return seen.length === 0 ? null : deskText(seen, nowMs);
    });
  }

  /** Each text is written once for all who see the same hospitals. */
  #toEachScope(write: (scope: Scope) => string | null): void {
    const byScope = Map.groupBy(this.#clients, ({ scope }) =>
      scope.kind === "network" ? "" : scope.hospitalId,
    );
    for (const clients of byScope.values()) {
      const scope = clients[0]?.scope;
      const text = scope === undefined ? null : write(scope);
      if (text !== null) for (const client of clients) client.send(text);
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([
      every(PING_EVERY_MS, signal, async () => {
        for (const client of this.#clients) client.ping();
      }),
      every(SESSION_CHECK_EVERY_MS, signal, () => this.#checkSessions()),
    ]);
    for (const client of this.#clients) client.serviceStops();
  }

  async #checkSessions(): Promise<void> {
    const { sessions, log } = this.#deps;
    const clients = [...this.#clients];
    try {
      const open = await sessions.stillOpen([...new Set(clients.map(({ sessionSha256 }) => sessionSha256))]);
      for (const client of clients) if (!open.has(client.sessionSha256)) client.endOfSession();
    } catch (error) {
      log.warn({ err: error }, "live sessions could not be checked and are checked again");
    }
  }
}
