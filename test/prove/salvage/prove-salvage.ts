/**
 * Bits flipped in the journal's file and log: all of them found, no wrong record out, what is whole saved. The journals
 * are written through the real store, some by a process that is killed with its log beside them, and opened as a gateway
 * opens them. The control reads the same files without checksums and has to let wrong records out.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { simulationSeed } from "../../sim/seed.ts";
import type { Claim } from "../claim.ts";
import { wrongRecordsOf } from "./careless-reader.ts";
import { flipBits } from "./flip-bits.ts";
import { filesOf, KINDS, type Kind, writeJournal } from "./journal-kinds.ts";
import { judge } from "./judge-salvage.ts";
import { type Found, readJournal } from "./read-journal.ts";
import { type RowsOnPages, rowsOnPages } from "./rows-on-pages.ts";
import { seeded } from "./seeded.ts";

const FILES = { short: 20, full: 200 };
/** Of the records on pages that no flipped bit lies on. */
const SAVED_SHARE_MIN = 0.999;
const MISSES_SHOWN_MAX = 5;
/** While a journal is read nothing is shed. */
const ROOMY = { bytesMax: 256 * 1024 * 1024 };

type Written = {
  readonly kind: Kind;
  readonly directory: string;
  readonly found: Found;
  readonly rows: RowsOnPages;
};

export const proveSalvage: Claim = async ({ isShort, say }) => {
  const seed = simulationSeed();
  const random = seeded(seed);
  say(`seed ${seed} (HOSPITELL_SEED repeats it)`);
  const directory = mkdtempSync(join(tmpdir(), "hospitell-salvage-"));
  try {
    const journals: Written[] = [];
    for (const kind of KINDS) journals.push(await write(kind, join(directory, `kind-${journals.length}`)));
    const totals = {
      files: 0,
      found: 0,
      harmless: 0,
      records: 0,
      lost: 0,
      untouched: 0,
      untouchedLost: 0,
      statesLost: 0,
    };
    const misses: string[] = [];
    let controlWrong = 0;
    for (; totals.files < (isShort ? FILES.short : FILES.full); totals.files++) {
      const written = journals[totals.files % journals.length] as Written;
      const trial = join(directory, "trial");
      cpSync(written.directory, trial, { recursive: true });
      const { file } = filesOf(trial, ROOMY);
      const pages = flipBits(file, random);
      cpSync(trial, `${trial}-control`, { recursive: true });
      controlWrong += wrongRecordsOf(filesOf(`${trial}-control`, ROOMY).file);
      const wrong = tryFile(trial, written, pages, totals);
      misses.push(...wrong.map((one) => `file ${totals.files} (${written.kind.name}): ${one}`));
      for (const one of [trial, `${trial}-control`]) rmSync(one, { recursive: true, force: true });
    }
    const savedShare = totals.untouched === 0 ? 0 : 1 - totals.untouchedLost / totals.untouched;
    if (savedShare < SAVED_SHARE_MIN)
      misses.push(`of the records on untouched pages ${savedShare} are saved, expected ${SAVED_SHARE_MIN}`);
    if (totals.found === 0) misses.push("no file was found damaged: nothing was shown");
    if (controlWrong === 0) misses.push("control: without checksums no wrong record came out either");
    return {
      figures: { seed, ...totals, savedShare, controlWrongRecords: controlWrong, missesInAll: misses.length },
      misses: misses.slice(0, MISSES_SHOWN_MAX),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

type Totals = Record<
  "found" | "harmless" | "records" | "lost" | "untouched" | "untouchedLost" | "statesLost",
  number
>;

function tryFile(
  trial: string,
  written: Written,
  pages: ReadonlySet<number>,
  totals: Totals,
): readonly string[] {
  const hit = new Set([...pages].flatMap((page) => written.rows.get(page) ?? []));
  try {
    const verdict = judge(readJournal(filesOf(trial, ROOMY)), written.found);
    totals[verdict.isHarmless ? "harmless" : "found"] += 1;
    totals.records += verdict.unsentRecords;
    totals.lost += verdict.lost.length;
    totals.untouched += verdict.unsentRecords - hit.size;
    totals.untouchedLost += verdict.lost.filter((key) => !hit.has(key)).length;
    totals.statesLost += verdict.statesLost;
    return verdict.wrong;
  } catch (error) {
    return [`it could not be opened: ${(error as Error).stack}`];
  }
}

async function write(kind: Kind, directory: string): Promise<Written> {
  mkdirSync(directory);
  if (kind.groupsInLog === 0) (await writeJournal(filesOf(directory, kind), kind)).close();
  else await writeAndKill(kind, directory);
  for (const end of [".ballast", "-shm"]) rmSync(`${filesOf(directory, kind).file}${end}`, { force: true });
  const copy = `${directory}-whole`;
  cpSync(directory, copy, { recursive: true });
  const found = readJournal(filesOf(copy, ROOMY));
  if (found.isFoundDamaged)
    throw new Error(`"${kind.name}" was found damaged before anything was done to it`);
  const { wrong } = judge(found, found);
  if (wrong.length > 0) throw new Error(`"${kind.name}" is not what was written: ${wrong[0]}`);
  return { kind, directory, found, rows: rowsOnPages(filesOf(directory, kind).file) };
}

async function writeAndKill(kind: Kind, directory: string): Promise<void> {
  const program = fileURLToPath(new URL("./write-journal.ts", import.meta.url));
  const child = spawn(process.execPath, [program, directory, kind.name], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), exited]);
  child.kill("SIGKILL");
  const [, signal] = await exited;
  if (signal !== "SIGKILL") throw new Error(`the writer of "${kind.name}" ended by itself`);
}
