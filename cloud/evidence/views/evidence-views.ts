/** What people are told of the evidence: by whom it may be seen, and put together out of its parts. */
import type { BedEvidence, EvidenceHealth, EvidencePolicy } from "../../../contracts/wire/evidence.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";
import { type PersonCaller, scopeOf } from "../../access/scope.ts";
import { CloudError } from "../../http/problem.ts";
import { rfc3339 } from "../../registry/bed-view.ts";
import type { RecordName } from "./bundle-facts.ts";
import { BundleMaker, type BundleMakerDeps } from "./bundle-maker.ts";
import type { MadeBundle } from "./bundles.ts";
import { witnessedNote } from "./checkpoint.ts";
import { evidenceHealth } from "./health.ts";
import { networkLog } from "./network-log.ts";
import { networkPolicy, policyView, trustedContracts } from "./policy.ts";
import { scopedBed } from "./scoped-bed.ts";
import { bedStatements } from "./statements.ts";

export class EvidenceViews {
  readonly #deps: BundleMakerDeps;
  readonly #maker: BundleMaker;

  constructor(deps: BundleMakerDeps) {
    this.#deps = deps;
    this.#maker = new BundleMaker(deps);
  }

  async statements(caller: PersonCaller, bedId: BedId): Promise<BedEvidence> {
    const { db, witnessesMin, clock } = this.#deps;
    const bed = await scopedBed(db, scopeOf(caller), bedId);
    const { logId } = await networkLog(db);
    return {
      bedId,
      witnessesMin,
      isAnchoring: (await trustedContracts(db)).length > 0,
      statements: await bedStatements(bed, { ...this.#deps, networkLogId: logId }),
      asOf: rfc3339(clock.nowMs()),
    };
  }

  /** Beside the refusals of the maker: BED_NOT_FOUND. */
  async bundle(caller: PersonCaller, bedId: BedId, name: RecordName): Promise<MadeBundle> {
    const bed = await scopedBed(this.#deps.db, scopeOf(caller), bedId);
    const { logId } = await networkLog(this.#deps.db);
    return await this.#maker.bundle(bed, name, {
      networkLogId: logId,
      policy: await networkPolicy(this.#deps),
    });
  }

  async health(caller: PersonCaller): Promise<EvidenceHealth> {
    return await evidenceHealth(this.#deps, scopeOf(caller), this.#deps.clock.nowMs());
  }

  async policy(): Promise<EvidencePolicy> {
    return policyView(await networkPolicy(this.#deps));
  }

  /** The newest network checkpoint that is witnessed, with its cosignatures. */
  async checkpoint(): Promise<string> {
    const note = await witnessedNote(this.#deps.db, this.#deps.witnessesMin);
    if (note === null)
      throw new CloudError(
        "CHECKPOINT_NOT_WITNESSED",
        "No checkpoint of the network's log is witnessed yet.",
      );
    return note;
  }
}
