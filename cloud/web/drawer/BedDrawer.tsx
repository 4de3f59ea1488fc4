import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "react-aria-components/Dialog";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { Link } from "wouter";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { createQueryClient } from "../../../contracts/ui/query-client.ts";
import type { BedView } from "../../../contracts/wire/board.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";
import { LinkBanner } from "../board/Banners.tsx";
import { useBoardParts, useShownBed } from "../board/BoardContext.tsx";
import { BedDetails } from "./BedDetails.tsx";
import type { DrawerProps } from "./DrawerHost.tsx";
import "./drawer.css";

/** The panel beside the board: the focus stays in it, Escape or a click beside it closes it. */
export function BedDrawer({ bedId, onClose }: DrawerProps) {
  const [queries] = useState(createQueryClient);
  return (
    <QueryClientProvider client={queries}>
      <ModalOverlay
        className="drawer-veil"
        isOpen={bedId !== null}
        isDismissable
        onOpenChange={(isOpen) => {
          if (!isOpen) onClose();
        }}
      >
        <Modal className="drawer">
          {bedId === null ? null : (
            <Dialog className="drawer-dialog" aria-labelledby="drawer-title">
              <DrawerContent bedId={bedId} onClose={onClose} />
            </Dialog>
          )}
        </Modal>
      </ModalOverlay>
    </QueryClientProvider>
  );
}

function DrawerContent({ bedId, onClose }: { readonly bedId: BedId; onClose(): void }) {
  const { store } = useBoardParts();
  // Rendered when its tile would be, and with every beat for what the tile does not show.
  useShownBed(bedId);
  useBeatMs();
  const bed = store.bedView(bedId);
  return (
    <>
      <header className="drawer-head">
        {bed === undefined ? <h2 id="drawer-title">No such bed</h2> : <BedName bed={bed} />}
        <div className="drawer-tools">
          {bed === undefined ? null : (
            <Link href={`/beds/${bedId}`} className="control control-link">
              History
            </Link>
          )}
          <button type="button" className="control" onClick={onClose}>
            Close
          </button>
        </div>
      </header>
      <LinkBanner />
      <div className="drawer-body desaturates">
        {bed === undefined ? <NoSuchBed bedId={bedId} /> : <BedDetails bed={bed} />}
      </div>
    </>
  );
}

function BedName({ bed }: { readonly bed: BedView }) {
  const { store } = useBoardParts();
  const hospital = store.board()?.layout.find(({ hospitalId }) => hospitalId === bed.hospitalId);
  return (
    <div>
      <h2 id="drawer-title">Bed {bed.label}</h2>
      <p className="quiet">
        {bed.room.name} · {bed.ward.name} · {hospital?.name ?? bed.hospitalId}
      </p>
    </div>
  );
}

function NoSuchBed({ bedId }: { readonly bedId: BedId }) {
  return (
    <p>
      The board has no bed <code>{bedId}</code>. It was taken out of service, or the link that led here is
      wrong.
    </p>
  );
}
