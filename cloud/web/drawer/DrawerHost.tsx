import { Banner } from "../../../contracts/ui/Banner.tsx";
import type { BedId } from "../../../contracts/wire/ids.ts";
import { useAddress, useBoardParts } from "../board/BoardContext.tsx";
import { useCode } from "../frame/use-code.ts";

export type DrawerProps = { readonly bedId: BedId | null; onClose(): void };

const loadDrawer = async () => (await import("./BedDrawer.tsx")).BedDrawer;

/** Opens the drawer of the bed that the URL names. Its code is loaded with the first bed that is opened, and kept. */
export function DrawerHost() {
  const { addressBar } = useBoardParts();
  const { bedId } = useAddress();
  const { loaded, retry } = useCode<DrawerProps>(loadDrawer, bedId !== null);
  const close = () => {
    addressBar.closeBed();
    returnFocus(bedId);
  };
  if (loaded.kind === "here") return <loaded.Code bedId={bedId} onClose={close} />;
  if (loaded.kind === "waiting" || bedId === null) return null;
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

/** Some browsers do not focus a button that is clicked, so the dialog cannot know where it came from. */
function returnFocus(bedId: BedId | null): void {
  setTimeout(() => {
    if (document.activeElement !== document.body || bedId === null) return;
    document.querySelector<HTMLElement>(`[data-bed-id="${bedId}"]`)?.focus();
  }, 300);
}
