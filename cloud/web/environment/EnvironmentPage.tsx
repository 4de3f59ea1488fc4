import { QueryClientProvider } from "@tanstack/react-query";
import { useMemo, useState, useSyncExternalStore } from "react";
import { useBeatMs, useClock } from "../../../contracts/ui/ClockContext.tsx";
import { createQueryClient } from "../../../contracts/ui/query-client.ts";
import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";
import type { BedView } from "../../../contracts/wire/board.ts";
import { useAddress, useBoardParts, useLink, useShownBoard } from "../board/BoardContext.tsx";
import { NoAnswer, NoBeds, Unreadable } from "../board/panels.tsx";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { boundsOf } from "../history/time-window.ts";
import type { HospitalLayout } from "../live/board-layout.ts";
import type { BoardStore } from "../live/board-store.ts";
import type { ShownBoard } from "../live/shown-board.ts";
import { HospitalPicker } from "./HospitalPicker.tsx";
import { PageSkeleton } from "./PageSkeleton.tsx";
import { RoomBox } from "./RoomBox.tsx";
import { inOrder, type RoomRow, roomsOf, rowsOf } from "./room-rows.ts";
import { useEnvironment, type WardPlace, wardKey } from "./use-environment.ts";
import "./environment.css";

/** Rooms against their limits, those out of limits first. */
export function EnvironmentPage() {
  const [queries] = useState(createQueryClient);
  const board = useShownBoard();
  const link = useLink();
  if (board === null)
    return link.kind === "lost" ? (
      <NoAnswer />
    ) : link.kind === "unreadable" ? (
      <Unreadable />
    ) : (
      <PageSkeleton words="Loading the rooms" />
    );
  if (board.layout.every(({ wards }) => wards.length === 0)) return <NoBeds />;
  return (
    <QueryClientProvider client={queries}>
      <Rooms board={board} />
    </QueryClientProvider>
  );
}

/** Each ward is two requests; of more than these the reader chooses a hospital. */
const WARDS_MAX = 24;
const DAY = { kind: "live", range: "24h" } as const;

function Rooms({ board: { layout, silent } }: { readonly board: ShownBoard }) {
  const { store } = useBoardParts();
  const { filter } = useAddress();
  const clock = useClock();
  const nowMs = useBeatMs();
  const toMs = useSyncExternalStore(clock.subscribe, () => boundsOf(DAY, clock.beatMs()).toMs);
  const { fromMs } = boundsOf(DAY, toMs);
  const hospitals = useMemo(
    () => layout.filter(({ hospitalId }) => filter.hospitalId === null || hospitalId === filter.hospitalId),
    [layout, filter.hospitalId],
  );
  const wards = useMemo(() => wardsOf(hospitals), [hospitals]);
  const isTooWide = wards.length > WARDS_MAX;
  const { values, isPending, answered, series, drawn, error, retry } = useEnvironment(
    isTooWide ? [] : wards,
    fromMs,
    toMs,
  );
  const silentIds = new Set(silent.map(({ gatewayId }) => gatewayId));
  const shown = inOrder(
    roomsOf(bedsOf(hospitals, store)).map((room) => ({
      room,
      rows: answered.includes(wardKey(room.hospitalId, room.wardId))
        ? rowsOf(room, values, {
            nowMs,
            isGatewaySilent: silentIds.has(room.gatewayId),
          })
        : null,
    })),
  );
  const out = shown.filter(({ room, rows }) => isOut(room.condition, rows)).length;
  const hospitalName = (id: string) => layout.find(({ hospitalId }) => hospitalId === id)?.name ?? id;
  return (
    <div className="environment desaturates">
      <header className="environment-head">
        <h2>
          {isTooWide
            ? "Choose a hospital"
            : `${out} of ${shown.length} ${shown.length === 1 ? "room is" : "rooms are"} out of limits`}
        </h2>
        <HospitalPicker hospitals={layout} />
      </header>
      <p className="quiet">
        Trends are of 24 hours; the band behind each is where it is to stay. Time outside counts ten-minute
        means, of the time that was measured. A room is called out of limits by its gateway, once it lasts.
      </p>
      {error === null ? null : <FailureNote error={error} retry={retry} />}
      {isTooWide ? (
        <StatePanel title="So many wards do not fit one page">
          <p>Choose one of {layout.length} hospitals above; its rooms are shown then.</p>
        </StatePanel>
      ) : isPending && error === null ? (
        <PageSkeleton words="Loading the rooms" />
      ) : (
        <div className="rooms">
          {shown.map((each) => (
            <RoomBox
              key={`${each.room.hospitalId} ${each.room.roomId}`}
              shown={each}
              hospitalName={hospitalName(each.room.hospitalId)}
              trends={{
                series,
                isKnown: drawn.includes(wardKey(each.room.hospitalId, each.room.wardId)),
                hasFailed: error !== null,
                fromMs,
                toMs,
              }}
            />
          ))}
        </div>
      )}
    </div>
  );
}

function isOut(condition: BedView["room"]["condition"], rows: readonly RoomRow[] | null): boolean {
  return condition === "out-of-limits" || (rows ?? []).some(({ state }) => state === "out");
}

function wardsOf(hospitals: readonly HospitalLayout[]): WardPlace[] {
  return hospitals.flatMap(({ hospitalId, wards }) =>
    wards.map(({ wardId }) => ({ hospital: hospitalId, ward: wardId })),
  );
}

function bedsOf(hospitals: readonly HospitalLayout[], store: BoardStore): BedView[] {
  return hospitals.flatMap(({ wards }) =>
    wards.flatMap(({ bedIds }) => bedIds.flatMap((bedId) => store.bedView(bedId) ?? [])),
  );
}
