import { useCallback, useSyncExternalStore } from "react";
import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";
import { NO_FILTER } from "../address/address.ts";
import type { HospitalLayout } from "../live/board-layout.ts";
import { useAddress, useBoardParts } from "./BoardContext.tsx";
import { matchesFilter } from "./match-bed.ts";

/** Says so where the filter leaves nothing, so that an empty page is not taken for an empty hospital. */
export function NoMatch({ layout }: { readonly layout: readonly HospitalLayout[] }) {
  const { store, addressBar } = useBoardParts();
  const { filter } = useAddress();
  const isAnyVisible = useCallback(
    () =>
      layout.some(({ wards }) =>
        wards.some((ward) =>
          ward.bedIds.some((bedId) => {
            const bed = store.shownBed(bedId);
            return bed !== undefined && matchesFilter(bed, ward.name, filter);
          }),
        ),
      ),
    [store, layout, filter],
  );
  const showAll = () => {
    addressBar.setFilter(NO_FILTER);
    document.getElementById("beds")?.focus();
  };
  if (useSyncExternalStore(store.subscribe, isAnyVisible)) return null;
  return (
    <StatePanel title="No bed matches" action={{ words: "Show all beds", run: showAll }}>
      <p>There are beds on the board, but none of them fits what you look for right now.</p>
    </StatePanel>
  );
}
