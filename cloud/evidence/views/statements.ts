/** How far what a bed said is logged, witnessed and anchored: a bed's statements, in three looks at the database. */
import type { BedEvidence, BedStatement } from "../../../contracts/wire/evidence.ts";
import { Epoch, GatewayId, HospitalId } from "../../../contracts/wire/ids.ts";
import { type FinalizedAnchor, firstAnchorCovering } from "../../anchor/repository.ts";
import type { Database } from "../../database/schema.ts";
import { rfc3339 } from "../../registry/bed-view.ts";
import { holdsRecord } from "./same-record.ts";
import type { ScopedBed } from "./scoped-bed.ts";
import { AXIS_KINDS, type StatementRow, statementRows } from "./statement-rows.ts";
import { type Cosigned, cosignaturesOf } from "./witnessed.ts";

const NEWEST_MAX = 20;

export type StatementsDeps = {
  readonly db: Database;
  readonly networkLogId: number;
  readonly witnessesMin: number;
};

/** Newest first. */
export async function bedStatements(
  bed: ScopedBed,
  deps: StatementsDeps,
): Promise<BedEvidence["statements"]> {
  const { db } = deps;
  const rows = await statementRows(db, bed, { ...deps, newestMax: NEWEST_MAX });
  const sizes = [...new Set(rows.flatMap(({ witnessedSize }) => witnessedSize ?? []))];
  const cosigned = Map.groupBy(await cosignaturesOf(db, sizes), ({ size }) => size);
  const anchors = await anchorsOf(sizes, (size) => firstAnchorCovering(db, size));
  return rows.map((row) => {
    const size = row.witnessedSize ?? -1;
    const witnesses = (cosigned.get(size) ?? []).filter(({ gatewayId }) => gatewayId !== row.gatewayId);
    return statementOf(bed, row, {
      witnesses,
      witnessesMin: deps.witnessesMin,
      anchor: anchors.get(size) ?? null,
    });
  });
}

type Found = {
  readonly witnesses: readonly Cosigned[];
  readonly witnessesMin: number;
  readonly anchor: FinalizedAnchor | null;
};

function statementOf({ bedId }: ScopedBed, row: StatementRow, found: Found): BedStatement {
  const { epoch, seq, kind } = row;
  const witnessed = witnessedOf(row, found);
  return {
    epoch: Epoch.parse(epoch),
    lane: "beds",
    seq,
    kind,
    to: changedTo(row),
    observedAt: rfc3339(row.observedAtMs),
    logged: loggedOf(row),
    witnessed,
    anchored: witnessed === null ? null : anchoredOf(found.anchor),
    state: stateOf(row),
    bundle: witnessed === null ? null : `/api/v1/beds/${bedId}/evidence/${epoch}/${seq}/bundle`,
  };
}

function loggedOf({ origin, leafIndex, signedAtMs }: StatementRow): BedStatement["logged"] {
  if (origin === null || leafIndex === null) return null;
  return { origin, index: leafIndex, signedAt: signedAtMs === null ? null : rfc3339(signedAtMs) };
}

/** Since the moment at which enough had cosigned; where none is needed, since the network signed. */
function witnessedOf(
  { witnessedSize, networkSignedAtMs }: StatementRow,
  { witnesses, witnessesMin }: Found,
): BedStatement["witnessed"] {
  if (witnessedSize === null || networkSignedAtMs === null) return null;
  const atMs = witnesses[witnessesMin - 1]?.cosignedAtMs ?? networkSignedAtMs;
  return {
    size: witnessedSize,
    at: rfc3339(atMs),
    witnesses: witnesses.map(({ gatewayId, hospitalId, hospitalName }) => ({
      gatewayId: GatewayId.parse(gatewayId),
      hospitalId: HospitalId.parse(hospitalId),
      hospitalName,
    })),
  };
}

function anchoredOf(anchor: FinalizedAnchor | null): BedStatement["anchored"] {
  if (anchor === null) return null;
  const { chainId, contract, blockNumber, blockAtMs, blockHash, transactionHash } = anchor;
  return { chainId, contract, blockNumber, blockAt: rfc3339(blockAtMs), blockHash, transactionHash };
}

function stateOf({ leafIndex, payload, erasedAtMs, body }: StatementRow): BedStatement["state"] {
  if (erasedAtMs !== null) return "erased";
  if (leafIndex === null) return "kept";
  return payload !== null && holdsRecord(payload, body) ? "kept" : "differs";
}

function changedTo({ kind, body }: StatementRow): string | null {
  const isAxis = AXIS_KINDS.some((axisKind) => axisKind === kind);
  if (!isAxis || typeof body !== "object" || body === null) return null;
  return "to" in body && typeof body.to === "string" ? body.to : null;
}

/** An anchor covers every smaller size too, so that there is one question an anchor, and not one a size. */
async function anchorsOf(
  sizes: readonly number[],
  firstCovering: (size: number) => Promise<FinalizedAnchor | null>,
): Promise<ReadonlyMap<number, FinalizedAnchor>> {
  const anchors = new Map<number, FinalizedAnchor>();
  let anchor: FinalizedAnchor | null = null;
  for (const size of sizes.toSorted((one, other) => one - other)) {
    if (anchor === null || anchor.size < size) anchor = await firstCovering(size);
    if (anchor === null) break;
    anchors.set(size, anchor);
  }
  return anchors;
}
