/** What this network asks a reader to trust: its own key, and those of the gateways that witness it. */
import { sql } from "kysely";
import { toBase64 } from "../../../contracts/log/bytes.ts";
import { gatewayKeyName } from "../../../contracts/log/note.ts";
import type { Policy } from "../../../contracts/log/policy.ts";
import type { EvidencePolicy } from "../../../contracts/wire/evidence.ts";
import type { Database } from "../../database/schema.ts";
import { networkLog } from "./network-log.ts";

type TrustedContract = { readonly chainId: number; readonly contract: string };

/** The contract that this network's roots are put into now; empty: they are put on no chain. */
export async function trustedContracts(db: Database): Promise<TrustedContract[]> {
  const { rows } = await sql<TrustedContract>`SELECT chain_id, contract FROM anchor_target`.execute(db);
  return rows.map(({ chainId, contract }) => ({ chainId, contract: contract.toLowerCase() }));
}

export type PolicyDeps = {
  readonly db: Database;
  readonly witnessesMin: number;
};

export async function networkPolicy({ db, witnessesMin }: PolicyDeps): Promise<Policy> {
  const { origin, publicKey } = await networkLog(db);
  const keys = await db
    .selectFrom("evidenceKeys")
    .select(["gatewayId", "publicKey"])
    .where("revokedEntryId", "is", null)
    .orderBy("gatewayId")
    .execute();
  return {
    network: { name: origin, publicKey },
    witnesses: keys.map((key) => ({ name: gatewayKeyName(key.gatewayId), publicKey: key.publicKey })),
    witnessesMin,
    anchors: await trustedContracts(db),
    anchorRequired: false,
  };
}

/** As the document that a reader keeps. */
export function policyView({ network, witnesses, ...policy }: Policy): EvidencePolicy {
  const keyView = ({ name, publicKey }: Policy["network"]) => ({ name, publicKey: toBase64(publicKey) });
  return { ...policy, network: keyView(network), witnesses: witnesses.map(keyView) };
}
