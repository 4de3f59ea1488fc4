import { QueryClientProvider } from "@tanstack/react-query";
import { useMemo, useState, useSyncExternalStore } from "react";
import { Link, useParams } from "wouter";
import { useClock } from "../../../contracts/ui/ClockContext.tsx";
import { createQueryClient } from "../../../contracts/ui/query-client.ts";
import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";
import type { HospitalId } from "../../../contracts/wire/ids.ts";
import { useBoardParts, useLink, useShownBoard } from "../board/BoardContext.tsx";
import { NoAnswer, Unreadable } from "../board/panels.tsx";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { SeriesExport } from "../exports/SeriesExport.tsx";
import { usePageTitle } from "../frame/use-page-on-document.ts";
import { boundsOf } from "../history/time-window.ts";
import { useSession } from "../history/use-history-queries.ts";
import type { HospitalLayout, WardLayout } from "../live/board-layout.ts";
import { useWardFigures } from "./use-ward-figures.ts";
import { WardBed } from "./WardBed.tsx";
import { WardSkeleton } from "./WardSkeleton.tsx";
import { lanesFor, type WardLane } from "./ward-lanes.ts";
import { type RoomOfWard, roomsOf } from "./ward-layout.ts";
import "./ward.css";

/** A ward's beds in their rooms, each with its state and how its values went in the last eight hours. */
export function WardPage() {
  const [queries] = useState(createQueryClient);
  const { hospitalId, wardId } = useParams<{ hospitalId: string; wardId: string }>();
  const board = useShownBoard();
  const link = useLink();
  const hospital = board?.layout.find((each) => each.hospitalId === hospitalId);
  const ward = hospital?.wards.find((each) => each.wardId === wardId);
  if (hospital !== undefined && ward !== undefined)
    return (
      <QueryClientProvider client={queries}>
        <KnownWard key={`${hospitalId} ${wardId}`} hospital={hospital} ward={ward} />
      </QueryClientProvider>
    );
  if (board !== null) return <NoSuchWard wardId={wardId} />;
  if (link.kind === "lost") return <NoAnswer />;
  return link.kind === "unreadable" ? <Unreadable /> : <WardSkeleton />;
}

const NO_LANES: readonly WardLane[] = [];
const EIGHT_HOURS = { kind: "live", range: "8h" } as const;

function KnownWard({ hospital, ward }: { readonly hospital: HospitalLayout; readonly ward: WardLayout }) {
  usePageTitle(`${ward.name}, ${hospital.name}`);
  const session = useSession();
  const clock = useClock();
  // Steps on once a minute.
  const toMs = useSyncExternalStore(clock.subscribe, () => boundsOf(EIGHT_HOURS, clock.beatMs()).toMs);
  const { fromMs } = boundsOf(EIGHT_HOURS, toMs);
  const readsVitals = mayReadVitals(session.data, hospital.hospitalId);
  const lanes = session.data === undefined ? NO_LANES : lanesFor(readsVitals);
  const place = { hospital: hospital.hospitalId, ward: ward.wardId };
  const { figures, error, retry } = useWardFigures(place, lanes, fromMs, toMs);
  const rooms = useRooms(ward);
  const failed = session.error ?? error;
  return (
    <div className="ward-page desaturates">
      <header className="ward-head">
        <nav aria-label="Where this ward is">
          <Link href={`/?hospital=${hospital.hospitalId}`}>{hospital.name}</Link>
        </nav>
        <h2>
          {ward.name} <span className="ward-size quiet">{bedsWords(ward.bedIds.length)}, last 8 hours</span>
        </h2>
        {session.data === undefined || readsVitals ? null : (
          <p className="quiet">
            Vital signs are shown to doctors and nurses of this hospital. You are signed in with another role.
          </p>
        )}
        {readsVitals ? (
          <p>
            <strong>Advisory, not an alarm.</strong> Values may be late or wrong: look at their age, and at
            the patient.
          </p>
        ) : null}
      </header>
      {failed === null ? null : (
        <FailureNote
          error={failed}
          retry={() => {
            if (session.error !== null) void session.refetch();
            retry();
          }}
        />
      )}
      <div className="ward-rooms">
        {rooms.map((room) => (
          <section key={room.roomId} className="ward-room" aria-label={room.name}>
            <h3>{room.name}</h3>
            <ul className="ward-beds">
              {room.bedIds.map((bedId) => (
                <li key={bedId}>
                  <WardBed bedId={bedId} figures={figures} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <SeriesExport selection={place} fromMs={fromMs} toMs={toMs} nowMs={clock.beatMs()} />
    </div>
  );
}

function mayReadVitals(
  session: { readonly role: string; readonly hospitalId: string | null } | undefined,
  hospitalId: HospitalId,
): boolean {
  return (
    session !== undefined &&
    (session.role === "doctor" || session.role === "nurse") &&
    session.hospitalId === hospitalId
  );
}

/** The rooms, new only where a bed has moved. */
function useRooms(ward: WardLayout): readonly RoomOfWard[] {
  const { store } = useBoardParts();
  const read = () => roomsOf(ward.bedIds.flatMap((bedId) => store.bedView(bedId) ?? []));
  const places = useSyncExternalStore(store.subscribe, () => JSON.stringify(read()));
  return useMemo(() => JSON.parse(places) as RoomOfWard[], [places]);
}

const bedsWords = (beds: number) => `${beds} ${beds === 1 ? "bed" : "beds"}`;

function NoSuchWard({ wardId }: { readonly wardId: string }) {
  return (
    <StatePanel title="No such ward">
      <p>
        There is no ward <code>{wardId}</code> with beds among those that you may see. Its beds were taken out
        of service, or the link that led here is wrong.
      </p>
      <p>
        <Link href="/">Go to the live beds</Link>
      </p>
    </StatePanel>
  );
}
