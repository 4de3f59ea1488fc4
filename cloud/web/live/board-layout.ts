/** Where each bed stands on the board: hospitals as the cloud lists them, wards by name, beds by label ("2" before "10"). */
import type { BedView } from "../../../contracts/wire/board.ts";
import type { BedId, WardId } from "../../../contracts/wire/ids.ts";
import type { BoardFacts, Hospital } from "./board-facts.ts";

export type WardLayout = {
  readonly wardId: WardId;
  readonly name: string;
  readonly assignmentSource: BedView["ward"]["assignmentSource"];
  readonly bedIds: readonly BedId[];
};
export type HospitalLayout = Hospital & { readonly wards: readonly WardLayout[] };

const natural = new Intl.Collator("en", { numeric: true });

export function layOut(facts: Pick<BoardFacts, "hospitals" | "beds">): readonly HospitalLayout[] {
  const byHospital = groupBy([...facts.beds.values()], (bed) => bed.hospitalId);
  const named = new Set(facts.hospitals.map((hospital) => hospital.hospitalId));
  // A hospital that joined after the snapshot goes by its id until the next one.
  const unnamed = [...byHospital.keys()].filter((id) => !named.has(id));
  return [...facts.hospitals, ...unnamed.map((hospitalId) => ({ hospitalId, name: hospitalId }))].map(
    (hospital) => ({ ...hospital, wards: wardsOf(byHospital.get(hospital.hospitalId) ?? []) }),
  );
}

function wardsOf(beds: readonly BedView[]): WardLayout[] {
  return [...groupBy(beds, (bed) => bed.ward.wardId).values()]
    .flatMap((inWard) => {
      const [first] = inWard;
      return first === undefined ? [] : [{ ...first.ward, bedIds: inOrder(inWard) }];
    })
    .sort((one, other) => natural.compare(one.name, other.name));
}

function inOrder(beds: readonly BedView[]): BedId[] {
  return [...beds]
    .sort((one, other) => natural.compare(one.label, other.label) || natural.compare(one.bedId, other.bedId))
    .map((bed) => bed.bedId);
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** True where a change of a bed moves no tile, so that the layout stands. */
export function standsInPlace(before: BedView | undefined, after: BedView): boolean {
  return (
    before !== undefined &&
    before.hospitalId === after.hospitalId &&
    before.label === after.label &&
    before.ward.wardId === after.ward.wardId &&
    before.ward.name === after.ward.name &&
    before.ward.assignmentSource === after.ward.assignmentSource
  );
}
