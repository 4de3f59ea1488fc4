/** What is asked of the figures: a caller and a range in, figures of each ward and period out. One bed is in memory at a time. */

import { GATEWAY_SILENT_AFTER_MS } from "../../contracts/bed/freshness.ts";
import type { HospitalId, WardId } from "../../contracts/wire/ids.ts";
import { KPI_CELLS_MAX, type KpiAnswer, type KpiHospital, type KpiQuery } from "../../contracts/wire/kpi.ts";
import { type PersonCaller, type Scope, scopeOf } from "../access/scope.ts";
import type { Clock } from "../clock.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { BedKpi, type KpiRange, type WardTallies } from "./bed-kpi.ts";
import { type ToldEvent, UNTOLD } from "./bed-story.ts";
import { KpiSum } from "./kpi-sum.ts";
import type { Period } from "./periods.ts";
import { readKpiQuery } from "./read-kpi-query.ts";
import type { KpiBed, KpiRepository } from "./repository.ts";

/** Told of one bed; folding so many anew takes no longer than reading what was kept. */
const EVENTS_PER_CHECKPOINT = 1_000;

export type KpiDeps = {
  readonly repository: KpiRepository;
  readonly clock: Clock;
  /** Bed events of a hospital before this moment may be gone; 0: none. */
  keptFromMs?(hospitalId: HospitalId, nowMs: number): number;
};

type KpiPlace = { readonly hospital?: HospitalId | undefined; readonly ward?: WardId | undefined };

export class Kpi {
  readonly #deps: KpiDeps;

  constructor(deps: KpiDeps) {
    this.#deps = deps;
  }

  /** `progress`: beds done, of all. */
  async answer(
    caller: PersonCaller,
    query: KpiQuery,
    signal: AbortSignal,
    progress?: (doneBeds: number, allBeds: number) => void,
  ): Promise<KpiAnswer> {
    return await this.answerFor(scopeOf(caller), query, signal, progress);
  }

  async answerFor(
    scope: Scope,
    query: KpiQuery,
    signal: AbortSignal,
    progress?: (doneBeds: number, allBeds: number) => void,
  ): Promise<KpiAnswer> {
    const nowMs = this.#deps.clock.nowMs();
    const { fromMs, toMs, zone, periods } = readKpiQuery(query, nowMs);
    const hospitals = await this.#figures(scope, query, { periods, nowMs }, signal, progress);
    return {
      from: rfc3339(fromMs),
      to: rfc3339(toMs),
      by: query.by,
      timeZone: zone.name,
      periods: periods.map((period) => periodView(period, nowMs)),
      hospitals,
      serverTime: rfc3339(nowMs),
    };
  }

  /** How many beds it is about. Throws a CloudError as `answer` does. */
  async prepare(caller: PersonCaller, query: KpiQuery): Promise<number> {
    readKpiQuery(query, this.#deps.clock.nowMs());
    const { beds } = await this.#placeOf(scopeOf(caller), query);
    return beds.length;
  }

  /** Throws a CloudError where the place is not among what the scope shows. */
  async #placeOf(scope: Scope, { hospital, ward }: KpiPlace) {
    const { repository } = this.#deps;
    const hospitals = await repository.hospitals(scope, hospital);
    // The same for another hospital: that it exists is not told.
    if (hospitals.length === 0)
      throw new CloudError("HOSPITAL_NOT_FOUND", "There is no such hospital among those you may see.");
    const beds = await repository.beds(scope, { hospital, ward });
    if (ward !== undefined && beds.length === 0)
      throw new CloudError("WARD_NOT_FOUND", "There is no such ward with beds among those you may see.");
    return { hospitals, beds };
  }

  async #figures(
    scope: Scope,
    place: KpiPlace,
    { periods, nowMs }: Pick<KpiRange, "periods" | "nowMs">,
    signal: AbortSignal,
    progress: (doneBeds: number, allBeds: number) => void = () => {},
  ): Promise<KpiHospital[]> {
    const { hospitals, beds } = await this.#placeOf(scope, place);
    const sums = new Map(
      hospitals.map(({ hospitalId }) => {
        const keptFromMs = this.#deps.keptFromMs?.(hospitalId, nowMs) ?? 0;
        const range: KpiRange = { periods, keptFromMs, nowMs };
        return [hospitalId, { range, sum: new KpiSum(range, place.ward ?? null) }];
      }),
    );
    for (const [done, bed] of beds.entries()) {
      const hospital = sums.get(bed.hospitalId);
      if (hospital === undefined) continue;
      const { range, sum } = hospital;
      if (!bed.removed) sum.knowWard(bed.wardId, bed.wardName);
      sum.addBed(await this.#bed(bed, range, signal));
      requireRoom([...sums.values()].map((each) => each.sum));
      progress(done + 1, beds.length);
    }
    return hospitals.flatMap(
      ({ hospitalId, name }) => sums.get(hospitalId)?.sum.hospital(hospitalId, name) ?? [],
    );
  }

  async #bed(bed: KpiBed, range: KpiRange, signal: AbortSignal): Promise<readonly WardTallies[]> {
    const { repository } = this.#deps;
    const known = await repository.checkpoint(bed.bedId, range.periods[0]?.fromMs ?? 0);
    const kpi = new BedKpi(known?.story ?? UNTOLD, range, silentFromMs(bed, range.nowMs));
    let isFirst = known === undefined;
    let sinceKept = 0;
    for await (const told of repository.eventsOf(bed, known?.position ?? 0, signal)) {
      if (isFirst && told.event.kind !== "bed-commissioned") await this.#putIntoService(bed, kpi, told);
      isFirst = false;
      if (!kpi.tell(told)) break;
      sinceKept += 1;
      if (sinceKept < EVENTS_PER_CHECKPOINT) continue;
      sinceKept = 0;
      await repository.keep(bed.bedId, { position: told.position, story: kpi.story });
    }
    return kpi.finish();
  }

  /** It was, when the first event that is kept happened; the event that said so is gone. */
  async #putIntoService(bed: KpiBed, kpi: BedKpi, first: ToldEvent): Promise<void> {
    const commissioned = await this.#deps.repository.firstCommissioned(bed);
    if (commissioned === undefined) return;
    const { gatewayId, epoch, happenedAtMs } = first;
    kpi.tell({ ...commissioned, gatewayId, epoch, happenedAtMs, isRepeated: false });
  }
}

/** A gateway that is not heard now may have changed its mind since; what it will tell when it is back counts then. */
function silentFromMs({ gatewayLastHeardAtMs }: KpiBed, nowMs: number): number | null {
  const silentAtMs = (gatewayLastHeardAtMs ?? 0) + GATEWAY_SILENT_AFTER_MS;
  return silentAtMs < nowMs ? silentAtMs : null;
}

function requireRoom(sums: readonly KpiSum[]): void {
  const cells = sums.reduce((sum, { cells }) => sum + cells, 0);
  if (cells > KPI_CELLS_MAX)
    throw new CloudError(
      "RANGE_TOO_LONG",
      `There are more than ${KPI_CELLS_MAX} figures of periods and wards together, which is the most. Choose longer periods, a shorter range, or one hospital or ward.`,
    );
}

function periodView({ fromMs, toMs, name }: Period, nowMs: number): KpiAnswer["periods"][number] {
  return { from: rfc3339(fromMs), to: rfc3339(toMs), name, isOver: toMs <= nowMs };
}
