/** What a file of bed profiles would change, line by line, and everything that is wrong with it. Pure. */
import { BedProfileBody } from "../../contracts/booking/bed-profile.ts";
import { AGE_BANDS, FEATURES, LEVELS_OF_CARE, SEX_RULES } from "../../contracts/booking/vocabulary.ts";
import type { BedId } from "../../contracts/wire/ids.ts";
import type { ProfileImportAnswer } from "../../contracts/wire/ward-desk.ts";
import { type CsvLine, parseCsv } from "./csv.ts";

const COLUMNS = ["bed", "level", "features", "ages", "sex", "mass_kg_max"] as const;
type Column = (typeof COLUMNS)[number];
type Change = ProfileImportAnswer["changes"][number];
type ImportError = ProfileImportAnswer["errors"][number];

/** A file that is wrong from top to bottom is not one's spelling; the first ones tell what it is. */
const ERRORS_MAX = 200;
const GOT_CHARS_MAX = 60;

export type ImportPlan = {
  readonly changes: readonly Change[];
  readonly profiles: ReadonlyMap<BedId, BedProfileBody>;
  readonly errors: readonly ImportError[];
};

/** `beds`: those of the hospital, with what stands; null: nothing does. Whatever else the file names is unknown. */
export function planImport(csv: string, beds: ReadonlyMap<BedId, BedProfileBody | null>): ImportPlan {
  const parsed = parseCsv(csv);
  if (parsed.kind === "unreadable") {
    const { line, expected, got } = parsed;
    return { changes: [], profiles: new Map(), errors: [{ line, column: null, expected, got: shown(got) }] };
  }
  const [header, ...lines] = parsed.lines;
  const columns = readHeader(header);
  if (columns.errors.length > 0) return { changes: [], profiles: new Map(), errors: columns.errors };
  const changes: Change[] = [];
  const profiles = new Map<BedId, BedProfileBody>();
  const firstLineOf = new Map<string, number>();
  const errors: ImportError[] = [];
  for (const line of lines) {
    if (errors.length >= ERRORS_MAX) break;
    const read = readLine(line, columns.names, beds, firstLineOf);
    errors.push(...read.errors);
    if (read.bedId === null || read.profile === null) continue;
    profiles.set(read.bedId, read.profile);
    changes.push(changeOf(line.line, read.bedId, beds.get(read.bedId) ?? null, read.profile));
  }
  if (lines.length === 0)
    errors.push({ line: 2, column: null, expected: "a line for each bed", got: "the end of the file" });
  return { changes, profiles, errors: errors.slice(0, ERRORS_MAX) };
}

function readHeader(header: CsvLine | undefined): {
  readonly names: readonly Column[];
  readonly errors: ImportError[];
} {
  const names = (header?.cells ?? []).map((name) => name.trim().toLowerCase());
  const line = header?.line ?? 1;
  const known = (name: string): name is Column => (COLUMNS as readonly string[]).includes(name);
  const problems = [
    ...names.filter((name) => !known(name)).map((name) => [name, `one of ${COLUMNS.join(", ")}`] as const),
    ...names
      .filter((name, at) => known(name) && names.indexOf(name) < at)
      .map((name) => [name, "each column once"] as const),
  ].map(([name, expected]) => ({ line, column: shown(name), expected, got: shown(name) }));
  const missing = COLUMNS.filter((name) => !names.includes(name)).map((column) => ({
    line,
    column,
    expected: `a column named ${column}`,
    got: "none",
  }));
  return { names: names.filter(known), errors: [...problems, ...missing].slice(0, ERRORS_MAX) };
}

type ReadLine = {
  readonly bedId: BedId | null;
  readonly profile: BedProfileBody | null;
  readonly errors: readonly ImportError[];
};

function readLine(
  { line, cells }: CsvLine,
  names: readonly Column[],
  beds: ReadonlyMap<BedId, BedProfileBody | null>,
  firstLineOf: Map<string, number>,
): ReadLine {
  const none = { bedId: null, profile: null };
  if (cells.length !== names.length) {
    const expected = `${names.length} cells, as the header has`;
    return { ...none, errors: [{ line, column: null, expected, got: `${cells.length} cells` }] };
  }
  const errors: ImportError[] = [];
  const cell = (column: Column) => (cells[names.indexOf(column)] ?? "").trim();
  const problem = (column: Column, expected: string, got = cell(column)) =>
    errors.push({ line, column, expected, got: got === "" ? "nothing" : shown(got) });
  const oneOf = <Word extends string>(column: Column, words: readonly Word[]): Word | undefined => {
    const found = words.find((word) => word === cell(column));
    if (found === undefined) problem(column, `one of ${words.join(", ")}`);
    return found;
  };
  const listOf = <Word extends string>(column: Column, words: readonly Word[]): Word[] => {
    const named = cell(column).split(/\s+/).filter(Boolean);
    for (const strange of named.filter((name) => !(words as readonly string[]).includes(name)))
      problem(column, `words out of ${words.join(", ")}, parted by spaces`, strange);
    return words.filter((word) => named.includes(word));
  };

  const name = cell("bed");
  const bedId = [...beds.keys()].find((known) => known === name) ?? null;
  const first = firstLineOf.get(name);
  if (bedId === null) problem("bed", "a bed of this hospital, by its id");
  else if (first !== undefined) problem("bed", `each bed once; line ${first} has it already`);
  else firstLineOf.set(name, line);
  const levelOfCare = oneOf("level", LEVELS_OF_CARE);
  const features = listOf("features", FEATURES);
  const ageBands = listOf("ages", AGE_BANDS);
  if (cell("ages") === "") problem("ages", `at least one of ${AGE_BANDS.join(", ")}`);
  const sexRule = oneOf("sex", SEX_RULES);
  const patientMassKgMax = massOf(cell("mass_kg_max"));
  if (patientMassKgMax === undefined)
    problem("mass_kg_max", "kilograms from 1 to 500 with a point, such as 180, or nothing");
  if (errors.length > 0) return { ...none, errors };
  const profile = BedProfileBody.parse({ levelOfCare, features, ageBands, sexRule, patientMassKgMax });
  return { bedId, profile, errors };
}

/** Undefined: it is no mass. "1,5" is not guessed at. */
function massOf(text: string): number | null | undefined {
  if (text === "") return null;
  if (!/^\d{1,3}(\.\d{1,3})?$/.test(text)) return undefined;
  const massKg = Number(text);
  return massKg >= 1 && massKg <= 500 ? massKg : undefined;
}

function changeOf(line: number, bedId: BedId, before: BedProfileBody | null, after: BedProfileBody): Change {
  const from = before === null ? null : inWords(before);
  const to = inWords(after);
  const fields = COLUMNS.filter((column) => column !== "bed")
    .map((field) => ({ field, from: from === null ? "not said" : from[field], to: to[field] }))
    .filter((field) => field.from !== field.to);
  const kind = before === null ? "new" : fields.length === 0 ? "same" : "changed";
  return { line, bedId, kind, fields };
}

function inWords(profile: BedProfileBody): Record<Exclude<Column, "bed">, string> {
  const sorted = <Word>(words: readonly Word[], chosen: readonly Word[]) =>
    words.filter((word) => chosen.includes(word)).join(" ");
  return {
    level: profile.levelOfCare,
    features: sorted(FEATURES, profile.features) || "none",
    ages: sorted(AGE_BANDS, profile.ageBands),
    sex: profile.sexRule,
    mass_kg_max: profile.patientMassKgMax === null ? "not said" : String(profile.patientMassKgMax),
  };
}

function shown(text: string): string {
  return text.length > GOT_CHARS_MAX ? `${text.slice(0, GOT_CHARS_MAX)}…` : text;
}
