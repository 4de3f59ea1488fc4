/**
 * What was erased is found by nobody who has the disk. Beds say what they are, and their gateway logs it; a number of
 * statements is erased. A dictionary of every bed, state and second, tried against every hash that is stored with every
 * salt that is stored, finds all the others and none of these; every other leaf is proven as it was. The same dictionary
 * must find all of them in a log that has no salts.
 */
import { commitmentOf } from "../../../contracts/log/hash.ts";
import { START_MS } from "../../cloud/records.ts";
import { simulationSeed } from "../../sim/seed.ts";
import type { Claim } from "../claim.ts";
import { below, seeded } from "../salvage/seeded.ts";
import { confirmed, dictionary, nameOf, statementOf, stolenFrom, unsaltedCommitment } from "./dictionary.ts";
import { openEraseWard } from "./erase-ward.ts";
import { type NumberedStatement, randomStatements } from "./random-statements.ts";
import { countOnDisk, everyRow, vacuum } from "./stolen-disk.ts";
import { unprovenLeaves } from "./unproven-leaves.ts";

const FORMS = {
  short: { beds: 4, seconds: 60, erased: 50, bundles: 10 },
  full: { beds: 10, seconds: 300, erased: 500, bundles: 60 },
};
const MISSES_SHOWN_MAX = 10;
/** Of the salts, looked for in the tables' files byte by byte. */
const SALTS_ON_DISK = 25;

export const proveErase: Claim = async ({ isShort, say }) => {
  const form = isShort ? FORMS.short : FORMS.full;
  const seed = simulationSeed();
  say(`seed ${seed} (HOSPITELL_SEED repeats it)`);
  const random = seeded(seed);
  const beds = Array.from({ length: form.beds }, (_, n) => `bed-${n + 1}`);
  const span = { fromMs: START_MS - 3_600_000, seconds: form.seconds };
  const misses: string[] = [];
  const expect = (what: string, found: number, wanted: number) => {
    if (found !== wanted) misses.push(`${what}: expected ${wanted}, got ${found}`);
  };
  const ward = await openEraseWard();
  try {
    const { events, erasable, all } = randomStatements(beds, span, random);
    await ward.say(events);
    await ward.witness();
    say(
      `${all.length} statements of ${beds.length} beds in ${form.seconds} seconds are logged and witnessed`,
    );

    const chosen = chooseSome(erasable, form.erased, random);
    const salts = chosen.map(({ seq }) => Buffer.from(ward.north.leaves[seq - 1]?.salt ?? "", "base64"));
    const looked = salts.slice(0, SALTS_ON_DISK);
    const onDiskBefore = await countOnDisk(ward.db, looked);
    if (onDiskBefore !== null)
      expect("control files: salts seen before the erasure", onDiskBefore, looked.length);
    const admin = await ward.signIn("hospital-admin");
    const startedMs = performance.now();
    for (const { bedId, seq } of chosen) {
      const body = { bedId, epoch: ward.north.epoch, seq, reason: "The patient asked for it." };
      const reply = await admin.post("evidence/erasures", body, `erase-${seq}`);
      if (reply.statusCode !== 201) misses.push(`record ${seq} was not erased: ${reply.body}`);
    }
    const eraseMs = (performance.now() - startedMs) / chosen.length;
    await ward.witness();
    await vacuum(ward.db);
    const onDisk = await countOnDisk(ward.db, looked);
    if (onDisk !== null) expect("erased salts in the tables' files", onDisk, 0);
    say(
      `${chosen.length} are erased; of ${looked.length} salts ${onDiskBefore} stood in the files, ${onDisk} stand there now`,
    );

    const lines = await everyRow(ward.db);
    const stolen = stolenFrom(lines);
    const erasedNames = new Set(chosen.map(nameOf));
    const guesses = [...dictionary(beds, span)];
    const found = confirmed(guesses, stolen);
    const keptNames = all.map(nameOf).filter((name) => !erasedNames.has(name));
    expect(
      "erased statements that the dictionary finds",
      [...found].filter((name) => erasedNames.has(name)).length,
      0,
    );
    expect(
      "control salts: kept statements that it finds",
      keptNames.filter((name) => found.has(name)).length,
      keptNames.length,
    );
    expect("statements that it finds and nobody made", found.size - keptNames.length, 0);
    expect("rows that name bed and time of an erased one", tracesOf(lines, chosen), 0);
    say(
      `${guesses.length} guesses with ${stolen.salts.length} salts against ${stolen.hashes.size} hashes find ${found.size} kept and no erased ones`,
    );

    const unsalted = { hashes: new Set(all.map(unsaltedCommitment)), salts: [] };
    const foundUnsalted = confirmed(guesses, unsalted);
    expect(
      "control unsalted: erased ones that it finds without salts",
      [...erasedNames].filter((name) => foundUnsalted.has(name)).length,
      chosen.length,
    );
    const stillCommitted = chosen.filter((one, n) => {
      const payload = Buffer.from(JSON.stringify(statementOf(one)));
      return stolen.hashes.has(Buffer.from(commitmentOf(salts[n] ?? Buffer.of(), payload)).toString("hex"));
    });
    expect(
      "control knowledge: erased ones that whoever kept the salt confirms",
      stillCommitted.length,
      chosen.length,
    );

    const unproven = await unprovenLeaves(ward, all, { erasedNames, bundles: form.bundles });
    misses.push(...unproven.misses);
    say(`${unproven.included} leaves lead to the signed root; ${unproven.bundles} bundles are accepted`);
    return {
      figures: {
        seed,
        statements: all.length,
        erased: chosen.length,
        guesses: guesses.length,
        salts: stolen.salts.length,
        hashes: stolen.hashes.size,
        foundErased: [...found].filter((name) => erasedNames.has(name)).length,
        foundKept: found.size,
        foundUnsalted: foundUnsalted.size,
        saltsOnDiskBefore: onDiskBefore,
        saltsOnDisk: onDisk,
        included: unproven.included,
        bundles: unproven.bundles,
        eraseMs: Math.round(eraseMs * 10) / 10,
        missesInAll: misses.length,
      },
      misses: misses.slice(0, MISSES_SHOWN_MAX),
    };
  } finally {
    await ward.close();
  }
};

function chooseSome(
  from: readonly NumberedStatement[],
  count: number,
  random: () => number,
): NumberedStatement[] {
  const rest = [...from];
  const chosen: NumberedStatement[] = [];
  while (chosen.length < count && rest.length > 0) chosen.push(...rest.splice(below(random, rest.length), 1));
  if (chosen.length < count) throw new Error(`expected ${count} that may be erased, got ${chosen.length}`);
  return chosen;
}

/** Rows in which an erased statement's bed and second stand together. */
function tracesOf(lines: readonly string[], chosen: readonly NumberedStatement[]): number {
  const erased = new Set(chosen.map(({ bedId, atMs }) => `${bedId} ${atMs}`));
  const names = (line: string) => {
    const beds = new Set([...line.matchAll(/bed-\d+/g)].map(([bed]) => bed));
    const times = new Set([...line.matchAll(/\d{13}/g)].map(([time]) => time));
    return [...beds].some((bed) => [...times].some((time) => erased.has(`${bed} ${time}`)));
  };
  return lines.filter(names).length;
}
