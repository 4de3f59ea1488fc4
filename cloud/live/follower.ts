/**
 * The one reader of the outbox in this process. Keeps the board in step and tells the clients.
 *
 *   ingest commits ─▶ bell ─▶ read evidence, then what changed after the board's position ─▶ board ─▶ clients
 *   desk commits   ─▶ bell ─▶ and what was done at the desk after the newest thing known ─▶ clients
 *                      │ and every 300 ms without a bell: another process may have stored something
 *
 * Evidence is read before the beds and told after them: told with an older status, it would make that look fresh.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { KnownBed } from "../registry/bed.ts";
import type { Bell } from "./bell.ts";
import type { Board, BoardGateway, SourceEvidence } from "./board.ts";
import { waited } from "./every.ts";
import { DESK_CHANGES_PER_LOOK_MAX, type DeskChange, type LiveRepository } from "./repository.ts";

/** Changes that come within this time go out together; the first one does not wait for it. */
const COALESCE_MS = 20;
/** A bed that was claimed through another process is to be taken on every screen within a second. */
const POLL_EVERY_MS = 300;
const TRY_AGAIN_AFTER_MS = 1_000;
/** Where bed changes never cease, evidence that nobody rang for is still looked at as often. */
const ROUNDS_PER_POLL = POLL_EVERY_MS / COALESCE_MS;
const SOURCES_PER_TURN = 500;
const PRUNE_EVERY_MS = 60_000;
const OUTBOX_KEPT_MS = 3_600_000;
/** A follower that could not read for this long does not rely on the outbox, which another process may have pruned. */
const RELOAD_AFTER_MS = OUTBOX_KEPT_MS / 2;

export type FollowerDeps = {
  readonly repository: LiveRepository;
  readonly board: Board;
  readonly bell: Bell;
  readonly clock: Clock;
  readonly log: Logger;
  bedsChanged(changed: readonly KnownBed[]): void;
  evidenceChanged(heard: HeardGateways): void;
  deskChanged(changes: readonly DeskChange[]): void;
};

export type HeardGateways = {
  /** Heard since, by a batch or a heartbeat. */
  readonly gateways: readonly BoardGateway[];
  /** Of those, the ones whose heartbeat told the age of their evidence. */
  readonly withEvidence: readonly BoardGateway[];
};
type ReadEvidence = HeardGateways & { readonly sources: readonly SourceEvidence[] };

export class Follower {
  readonly #deps: FollowerDeps;
  #round = 0;
  #prunedAtMs = 0;
  #followedAtMs: number;
  /** Of the newest thing done at the desk that the clients were told. */
  #deskPosition = 0;

  constructor(deps: FollowerDeps) {
    this.#deps = deps;
    this.#followedAtMs = deps.clock.nowMs();
  }

  /** When the board was last in step with the database, on the service's clock. */
  get followedAtMs(): number {
    return this.#followedAtMs;
  }

  async load(): Promise<void> {
    const { repository, board } = this.#deps;
    this.#deskPosition = await repository.deskPosition();
    board.applyGateways(await repository.gateways());
    board.applyBeds(await repository.allBeds());
  }

  /** Rides out a database that is away: clients see their board grow old meanwhile, and /readyz says why. */
  async run(signal: AbortSignal): Promise<void> {
    const { bell, log } = this.#deps;
    while (!signal.aborted) {
      const rung = await bell.heard(POLL_EVERY_MS, signal);
      if (signal.aborted) return;
      this.#round += 1;
      const polls = rung.size === 0 || this.#round % ROUNDS_PER_POLL === 0;
      try {
        await this.#follow({
          evidence: polls || rung.has("evidence"),
          desk: polls || rung.has("desk"),
        });
      } catch (error) {
        log.warn({ err: error }, "the live board could not be read and is tried again");
        await waited(TRY_AGAIN_AFTER_MS, signal);
      }
      await waited(COALESCE_MS, signal);
    }
  }

  async #follow(look: { readonly evidence: boolean; readonly desk: boolean }): Promise<void> {
    const { board, clock, bedsChanged, evidenceChanged } = this.#deps;
    const nowMs = clock.nowMs();
    const heard = look.evidence ? await this.#readEvidence() : null;
    const changed = await this.#readBeds(nowMs);
    board.applyBeds(changed);
    if (heard !== null) {
      await this.#applyEvidence(heard.sources);
      board.applyGateways(heard.gateways);
    }
    if (changed.length > 0) bedsChanged(changed);
    if (heard !== null && heard.gateways.length > 0) evidenceChanged(heard);
    // After the beds: who asks anew because of it finds the board as it is then, too.
    if (look.desk) await this.#followDesk();
    await this.#prune(nowMs);
    this.#followedAtMs = nowMs;
  }

  /** A hospital's sources all at once would keep every caller waiting; each of them stands for itself. */
  async #applyEvidence(sources: readonly SourceEvidence[]): Promise<void> {
    for (let from = 0; from < sources.length; from += SOURCES_PER_TURN) {
      if (from > 0) await nextTurn();
      this.#deps.board.applyEvidence(sources.slice(from, from + SOURCES_PER_TURN));
    }
  }

  async #followDesk(): Promise<void> {
    const { repository, bell, deskChanged } = this.#deps;
    const changes = await repository.deskChangesAfter(this.#deskPosition);
    const newest = changes.at(-1);
    if (newest === undefined) return;
    this.#deskPosition = newest.position;
    deskChanged(changes);
    if (changes.length === DESK_CHANGES_PER_LOOK_MAX) bell.ring("desk");
  }

  async #readBeds(nowMs: number): Promise<KnownBed[]> {
    const { repository, board } = this.#deps;
    if (nowMs - this.#followedAtMs < RELOAD_AFTER_MS) return await repository.bedsChangedAfter(board.seq);
    const all = await repository.allBeds();
    return all.filter(({ liveSeq }) => liveSeq > board.seq);
  }

  async #readEvidence(): Promise<ReadEvidence> {
    const { repository, board } = this.#deps;
    const all = await repository.gateways();
    const differs = (gateway: BoardGateway, field: "lastHeardAtMs" | "lastHeartbeatAtMs") =>
      board.gateway(gateway.gatewayId)?.[field] !== gateway[field];
    const withEvidence = all.filter((gateway) => differs(gateway, "lastHeartbeatAtMs"));
    const gateways = all.filter(
      (gateway) => withEvidence.includes(gateway) || differs(gateway, "lastHeardAtMs"),
    );
    const sources = await repository.evidenceOf(withEvidence.map(({ gatewayId }) => gatewayId));
    return { gateways, withEvidence, sources };
  }

  async #prune(nowMs: number): Promise<void> {
    if (nowMs - this.#prunedAtMs < PRUNE_EVERY_MS) return;
    this.#prunedAtMs = nowMs;
    await this.#deps.repository.pruneOutbox(nowMs - OUTBOX_KEPT_MS);
  }
}
