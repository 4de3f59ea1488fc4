import { type Cell, createCell } from "../../../contracts/ui/cell.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";
import { type Address, type BoardFilter, readAddress, writeAddress } from "./address.ts";

/** The browser's address bar as a value. Typing in a filter leaves no trail of entries; opening a bed can be gone back from. */
export type AddressBar = {
  readonly address: Cell<Address>;
  setFilter(filter: BoardFilter): void;
  openBed(bedId: BedId): void;
  closeBed(): void;
};

export function createAddressBar(): AddressBar {
  const address = createCell(readAddress(location.search));
  // The first is the browser's; the router fires the others when a link within the app is followed.
  for (const kind of ["popstate", "pushState", "replaceState"])
    addEventListener(kind, () => {
      const here = readAddress(location.search);
      if (writeAddress(here) !== writeAddress(address.get())) address.set(here);
    });

  const go = (next: Address, leaveEntry: boolean): void => {
    const url = location.pathname + writeAddress(next);
    address.set(next);
    if (leaveEntry) history.pushState(null, "", url);
    else history.replaceState(null, "", url);
  };
  return {
    address,
    setFilter: (filter) => go({ ...address.get(), filter }, false),
    openBed: (bedId) => go({ ...address.get(), bedId }, true),
    closeBed: () => go({ ...address.get(), bedId: null }, false),
  };
}
