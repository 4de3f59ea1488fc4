/** Every bed as it is now, in memory, as of one position. Live clients are served from here, so that all see one order. */
import type { GatewayId, HospitalId } from "../../contracts/wire/ids.ts";
import { type Scope, sees } from "../access/scope.ts";
import type { KnownBed } from "../registry/bed.ts";

export type BoardHospital = { readonly hospitalId: HospitalId; readonly name: string };
export type BoardGateway = {
  readonly gatewayId: GatewayId;
  readonly hospitalId: HospitalId;
  readonly lastHeardAtMs: number | null;
  readonly lastHeartbeatAtMs: number | null;
};
export type SourceEvidence = {
  readonly bedId: string;
  readonly deviceId: string;
  readonly lastObservedAtMs: number;
};

export type BoardStart = {
  /** The position before the database's first one. What lies before it is of another database. */
  readonly originSeq: number;
  readonly hospitals: readonly BoardHospital[];
};

export class Board {
  readonly #originSeq: number;
  readonly #hospitals: readonly BoardHospital[];
  readonly #beds = new Map<string, KnownBed>();
  readonly #gateways = new Map<GatewayId, BoardGateway>();
  #seq: number;
  /** All of them with their gateways, and those in service by id, as long as nothing changes. */
  #all: readonly KnownBed[] | null = null;
  #inService: readonly KnownBed[] | null = null;

  constructor({ originSeq, hospitals }: BoardStart) {
    this.#originSeq = originSeq;
    this.#hospitals = hospitals;
    this.#seq = originSeq;
  }

  /** Position of the newest change in here. */
  get seq(): number {
    return this.#seq;
  }

  /** Whether a client that stands at this position can be told only what it missed. */
  canResume(afterSeq: number): boolean {
    return afterSeq >= this.#originSeq && afterSeq <= this.#seq;
  }

  applyBeds(changed: readonly KnownBed[]): void {
    if (changed.length > 0) this.#forget();
    for (const known of changed) {
      this.#beds.set(known.bed.bedId, known);
      this.#seq = Math.max(this.#seq, known.liveSeq);
    }
  }

  applyGateways(gateways: readonly BoardGateway[]): void {
    if (gateways.length > 0) this.#forget();
    for (const gateway of gateways) this.#gateways.set(gateway.gatewayId, gateway);
  }

  applyEvidence(sources: readonly SourceEvidence[]): void {
    if (sources.length > 0) this.#forget();
    for (const { bedId, deviceId, lastObservedAtMs } of sources) {
      const known = this.#beds.get(bedId);
      // A bed that came in between is read with its evidence.
      if (known === undefined) continue;
      const evidence = { ...known.lastObservedAtMs, [deviceId]: lastObservedAtMs };
      this.#beds.set(bedId, { ...known, lastObservedAtMs: evidence });
    }
  }

  hospitals(scope: Scope): BoardHospital[] {
    return this.#hospitals.filter(({ hospitalId }) => sees(scope, hospitalId));
  }

  gateways(scope: Scope): BoardGateway[] {
    return [...this.#gateways.values()].filter(({ hospitalId }) => sees(scope, hospitalId));
  }

  gateway(gatewayId: GatewayId): BoardGateway | undefined {
    return this.#gateways.get(gatewayId);
  }

  /** All of them, those out of service too. */
  known(): readonly KnownBed[] {
    this.#all ??= [...this.#beds.values()].map((known) => this.#withGateway(known));
    return this.#all;
  }

  /** Beds in service, by id. */
  beds(scope: Scope): readonly KnownBed[] {
    this.#inService ??= this.known()
      .filter(({ bed }) => !bed.removed)
      .sort((left, right) => (left.bed.bedId < right.bed.bedId ? -1 : 1));
    return this.#seenOf(this.#inService, scope);
  }

  /** Beds whose newest change lies after this position, those taken out of service too. */
  changedAfter(afterSeq: number, scope: Scope): readonly KnownBed[] {
    return this.#seenOf(this.known(), scope).filter(({ liveSeq }) => liveSeq > afterSeq);
  }

  #forget(): void {
    this.#all = null;
    this.#inService = null;
  }

  #seenOf(beds: readonly KnownBed[], scope: Scope): readonly KnownBed[] {
    return scope.kind === "network" ? beds : beds.filter(({ bed }) => sees(scope, bed.hospitalId));
  }

  /** When the gateway was heard is kept with the gateway, where every batch renews it. */
  #withGateway(known: KnownBed): KnownBed {
    const heardAtMs = this.#gateways.get(known.bed.gatewayId)?.lastHeardAtMs ?? known.gatewayLastHeardAtMs;
    return heardAtMs === known.gatewayLastHeardAtMs ? known : { ...known, gatewayLastHeardAtMs: heardAtMs };
  }
}
