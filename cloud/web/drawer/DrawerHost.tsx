import { type ComponentType, useEffect, useState } from "react";
import { Banner } from "../../../contracts/ui/Banner.tsx";
import type { BedId } from "../../../contracts/wire/ids.ts";
import { useAddress, useBoardParts } from "../board/BoardContext.tsx";

export type DrawerProps = { readonly bedId: BedId | null; onClose(): void };
type Drawer = ComponentType<DrawerProps>;

/** Opens the drawer of the bed that the URL names. Its code is loaded with the first bed that is opened, and kept. */
export function DrawerHost() {
  const { addressBar } = useBoardParts();
  const { bedId } = useAddress();
  const { Drawer, hasFailed, retry } = useDrawerCode(bedId !== null);
  const close = () => {
    addressBar.closeBed();
    returnFocus(bedId);
  };
  if (Drawer !== null) return <Drawer bedId={bedId} onClose={close} />;
  if (!hasFailed || bedId === null) return null;
  return (
    <div className="drawer-failed">
      <Banner weight="alert" title="The bed's details could not be loaded.">
        The board itself goes on.{" "}
        <button type="button" className="banner-action" onClick={retry}>
          Try again
        </button>
      </Banner>
    </div>
  );
}

function useDrawerCode(isWanted: boolean) {
  const [Drawer, setDrawer] = useState<Drawer | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [failedAttempt, setFailedAttempt] = useState(-1);
  const isMissing = isWanted && Drawer === null;
  useEffect(() => {
    if (!isMissing) return;
    import("./BedDrawer.tsx").then(
      (module) => setDrawer(() => module.BedDrawer),
      () => setFailedAttempt(attempt),
    );
  }, [isMissing, attempt]);
  return { Drawer, hasFailed: failedAttempt === attempt, retry: () => setAttempt(attempt + 1) };
}

/** Some browsers do not focus a button that is clicked, so the dialog cannot know where it came from. */
function returnFocus(bedId: BedId | null): void {
  setTimeout(() => {
    if (document.activeElement !== document.body || bedId === null) return;
    document.querySelector<HTMLElement>(`[data-bed-id="${bedId}"]`)?.focus();
  }, 300);
}
