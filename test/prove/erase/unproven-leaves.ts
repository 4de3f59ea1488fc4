/** Every other leaf leads to the root that its gateway signed, and bundles of statements are accepted by a stranger. */

import { inclusionProof } from "../../../cloud/evidence/tree-store.ts";
import { commitmentOf, leafHash } from "../../../contracts/log/hash.ts";
import { encodeGatewayLeaf } from "../../../contracts/log/leaf.ts";
import { parseNote } from "../../../contracts/log/note.ts";
import { parsePolicy } from "../../../contracts/log/policy.ts";
import { isSignedBy } from "../../../contracts/log/signed-note.ts";
import { isIncluded } from "../../../contracts/log/tree.ts";
import { verifyBundle } from "../../../contracts/log/verify-bundle.ts";
import { nameOf } from "./dictionary.ts";
import type { EraseWard } from "./erase-ward.ts";
import type { NumberedStatement } from "./random-statements.ts";

type Asked = { readonly erasedNames: ReadonlySet<string>; readonly bundles: number };

export async function unprovenLeaves(
  ward: EraseWard,
  all: readonly NumberedStatement[],
  { erasedNames, bundles }: Asked,
) {
  const misses: string[] = [];
  const included = await leadingToRoot(ward, all, erasedNames, misses);
  let accepted = 0;
  const nurse = await ward.signIn("nurse");
  const parsed = parsePolicy((await nurse.get("evidence/policy")).json());
  if (!parsed.ok) throw new Error(parsed.problem);
  const every = Math.max(1, Math.floor(all.length / bundles));
  for (const one of all.filter((_, n) => n % every === 0)) {
    const path = `beds/${one.bedId}/evidence/${ward.north.epoch}/${one.seq}/bundle`;
    const reply = await nurse.get(path);
    const verdict = reply.statusCode === 200 ? verifyBundle(reply.rawPayload, parsed.policy) : null;
    const isErased = erasedNames.has(nameOf(one));
    const isRight = verdict?.ok === true && (verdict.statement.leaf.payload === null) === isErased;
    if (isRight) accepted += 1;
    else
      misses.push(
        `the bundle of record ${one.seq} (erased: ${isErased}): ${reply.statusCode}, ${JSON.stringify(verdict)}`,
      );
  }
  if (accepted === 0) misses.push("no bundle was accepted");
  return { included, bundles: accepted, misses };
}

/** By what the database has of each: its payload and salt where they are, the leaf's own bytes where it was erased. */
async function leadingToRoot(
  { db, north }: EraseWard,
  all: readonly NumberedStatement[],
  erasedNames: ReadonlySet<string>,
  misses: string[],
): Promise<number> {
  const { logId } = await db
    .selectFrom("evidenceLogs")
    .select("logId")
    .where("origin", "=", north.origin)
    .executeTakeFirstOrThrow();
  const { note } = await db
    .selectFrom("evidenceCheckpoints")
    .select("note")
    .where("logId", "=", logId)
    .orderBy("size", "desc")
    .limit(1)
    .executeTakeFirstOrThrow();
  const checkpoint = parseNote(note);
  if (checkpoint === null || !isSignedBy(checkpoint, north.signer))
    throw new Error("the newest checkpoint is not signed");
  let included = 0;
  for (const one of all) {
    const leaf = await db
      .selectFrom("evidenceLeaves")
      .select(["index", "salt", "payload", "leaf"])
      .where("logId", "=", logId)
      .where("firstSeq", "=", one.seq)
      .executeTakeFirstOrThrow();
    const isErased = erasedNames.has(nameOf(one));
    if ((leaf.salt === null && leaf.payload === null) !== isErased)
      misses.push(`leaf ${leaf.index} is not as it should be`);
    const commitment = commitmentOf(leaf.salt ?? Buffer.of(), Buffer.from(leaf.payload ?? ""));
    const record = { kind: "bed-event", lane: "beds", firstSeq: one.seq, lastSeq: one.seq } as const;
    const bytes = isErased ? leaf.leaf : encodeGatewayLeaf({ ...record, commitment });
    const path = await inclusionProof(db, logId, leaf.index, checkpoint.size);
    const place = { index: leaf.index, size: checkpoint.size };
    if (isIncluded(place, leafHash(bytes), path, checkpoint.root)) included += 1;
    else misses.push(`leaf ${leaf.index} does not lead to the signed root`);
  }
  return included;
}
