import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "wouter";
import { createQueryClient } from "../../../contracts/ui/query-client.ts";
import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";
import { BedId } from "../../../contracts/wire/ids.ts";
import { useLink, useShownBoard } from "../board/BoardContext.tsx";
import { NoAnswer, Unreadable } from "../board/panels.tsx";
import { BedHistory } from "./BedHistory.tsx";
import { BedSkeleton } from "./BedSkeleton.tsx";
import { useBed } from "./use-bed.ts";
import "./bed.css";

/** One bed over time: what is measured at it now, what that amounts to, and how it came to be so. */
export function BedPage() {
  const [queries] = useState(createQueryClient);
  const { bedId } = useParams<{ bedId: string }>();
  const parsed = BedId.safeParse(bedId).data;
  if (parsed === undefined) return <NoSuchBed bedId={bedId} />;
  return (
    <QueryClientProvider client={queries}>
      {/* What was entered at one bedside must not be taken to another. */}
      <KnownBed key={parsed} bedId={parsed} />
    </QueryClientProvider>
  );
}

function KnownBed({ bedId }: { readonly bedId: BedId }) {
  const bed = useBed(bedId);
  const link = useLink();
  const board = useShownBoard();
  if (bed !== undefined) return <BedHistory bed={bed} />;
  if (board !== null) return <NoSuchBed bedId={bedId} />;
  if (link.kind === "lost") return <NoAnswer />;
  return link.kind === "unreadable" ? <Unreadable /> : <BedSkeleton />;
}

function NoSuchBed({ bedId }: { readonly bedId: string }) {
  return (
    <StatePanel title="No such bed">
      <p>
        There is no bed <code>{bedId}</code> among those that you may see. It was taken out of service, or the
        link that led here is wrong.
      </p>
      <p>
        <Link href="/">Go to the live beds</Link>
      </p>
    </StatePanel>
  );
}
