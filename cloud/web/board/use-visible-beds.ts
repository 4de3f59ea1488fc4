import { useCallback, useMemo, useSyncExternalStore } from "react";
import type { BedId } from "../../../contracts/wire/ids.ts";
import type { WardLayout } from "../live/board-layout.ts";
import { useAddress, useBoardParts } from "./BoardContext.tsx";
import { matchesFilter } from "./match-bed.ts";

const SEPARATOR = " ";

/** The beds of a ward that pass the filter now. Their joined ids are compared, so a ward renders only when the set changes. */
export function useVisibleBeds(ward: WardLayout): readonly BedId[] {
  const { store } = useBoardParts();
  const { filter } = useAddress();
  const visibleIds = useCallback(() => {
    const passes = (bedId: BedId) => {
      const bed = store.shownBed(bedId);
      return bed !== undefined && matchesFilter(bed, ward.name, filter);
    };
    return ward.bedIds.filter(passes).join(SEPARATOR);
  }, [store, ward, filter]);
  const ids = useSyncExternalStore(store.subscribe, visibleIds);
  return useMemo(() => {
    const visible = new Set<string>(ids.split(SEPARATOR));
    return ward.bedIds.filter((bedId) => visible.has(bedId));
  }, [ids, ward]);
}
