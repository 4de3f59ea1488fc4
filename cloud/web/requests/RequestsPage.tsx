import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { useClock } from "../../../contracts/ui/ClockContext.tsx";
import { SendError, sendFailureWords, sendJson } from "../../../contracts/ui/send-json.ts";
import { type LostRace, type MatchedBed, RequestView } from "../../../contracts/wire/booking.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";
import { useShownBoard } from "../board/BoardContext.tsx";
import { BookingCard } from "../bookings/BookingCard.tsx";
import { useBookingStep, useLiveBookings } from "../bookings/use-bookings.ts";
import { NoticeFrame, useNotices } from "../desk/notices.tsx";
import { useKeys } from "../desk/use-keys.ts";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { useSession } from "../history/use-history-queries.ts";
import { EndedHolds } from "./EndedHolds.tsx";
import { LostRacePanel } from "./LostRacePanel.tsx";
import { MatchList } from "./MatchList.tsx";
import { NeedForm } from "./NeedForm.tsx";
import { readKindOfBed } from "./need-address.ts";
import { type OriginFields, originOf } from "./origin.ts";
import { FIRST_WISH, readQuickNeed } from "./quick-need.ts";
import {
  askMatches,
  type NeedWish,
  useHold,
  useMatches,
  useOpenRequests,
  useTransferOf,
} from "./use-requests.ts";
import { needWords, WaitingList } from "./WaitingList.tsx";
import "../desk/desk.css";
import "./requests.css";

/** From "we need a bed" to a bed held: the need, the beds that match it as it is typed, the holds, and who still waits. */
export function RequestsPage() {
  return (
    <NoticeFrame>
      <Requests />
    </NoticeFrame>
  );
}

function Requests() {
  const clock = useClock();
  const notices = useNotices();
  const queries = useQueryClient();
  const session = useSession().data;
  const hospitals = useShownBoard()?.layout ?? [];
  const quickField = useRef<HTMLInputElement>(null);
  const search = useSearch();
  const [base, setBase] = useState(() => ({ ...FIRST_WISH, ...readKindOfBed(search) }));
  const [quick, setQuick] = useState("");
  const [news2, setNews2] = useState("");
  const [origin, setOrigin] = useState<Partial<OriginFields>>({});
  const [selected, setSelected] = useState<RequestView | null>(null);
  const [chosen, setChosen] = useState(0);
  const [heldHere, setHeldHere] = useState<ReadonlySet<string>>(new Set());
  const [pending, setPending] = useState<BedId | null>(null);
  const [lost, setLost] = useState<{ readonly lost: LostRace; readonly detail: string } | null>(null);

  const { wish, unknown } = readQuickNeed(quick, base);
  const from: OriginFields = {
    hospitalId: session?.hospitalId ?? hospitals[0]?.hospitalId ?? "",
    label: "",
    latitude: "",
    longitude: "",
    ...origin,
  };
  const [, goTo] = useLocation();
  const transferId = new URLSearchParams(search).get("transfer");
  const transfer = useTransferOf(transferId);
  const transferOf = transfer.data ?? null;
  const where =
    transferOf === null
      ? originOf(from)
      : { kind: "hospital" as const, hospitalId: transferOf.hospitalId, bedId: transferOf.bedId };
  const { urgency, clinicalPriority, features, ...rest } = wish;
  // Without the booking it would be another patient's request.
  const isWaiting = transferId !== null && transferOf === null;
  const typed: NeedWish | null =
    where === null || isWaiting ? null : { ...rest, features: [...features], from: where };
  const need = selected?.need ?? typed;
  const matches = useMatches(need);
  const requests = useOpenRequests();
  const bookings = useLiveBookings();
  const hold = useHold();
  const step = useBookingStep();
  const own = (bookings.data?.bookings ?? []).filter(
    ({ isOwn, state }) => isOwn && (state === "held" || state === "requested"),
  );
  const beds = matches.data?.beds ?? [];

  const holdBed = async (bed: MatchedBed) => {
    if (pending !== null || need === null) return;
    setPending(bed.bedId);
    setLost(null);
    const news2Total = news2 === "" ? null : Number(news2);
    const takenAt = new Date(clock.nowMs()).toISOString();
    try {
      const held = await hold(
        selected ?? {
          need,
          urgency,
          clinicalPriority,
          ...(transferOf === null ? {} : { encounterId: transferOf.encounterId }),
          ...(news2Total === null ? {} : { news2: { total: news2Total, takenAt } }),
        },
        bed.bedId,
        selected === null ? transferOf : null,
      );
      if (held.kind === "held") {
        notices.done(
          `Held: bed ${held.booking.bedLabel}, ${held.booking.wardName}, for ${held.booking.callName}.`,
        );
        setHeldHere((all) => new Set([...all, held.booking.bookingId]));
        setSelected(null);
        setQuick("");
        setBase(FIRST_WISH);
        setChosen(0);
        quickField.current?.blur();
        if (transferOf !== null) goTo("/transfers");
      } else {
        setLost(held);
        // The request stands; what is tried next is tried for it.
        const all = (await requests.refetch()).data?.requests ?? [];
        setSelected(all.find(({ requestId }) => requestId === held.requestId) ?? null);
      }
    } catch (error) {
      notices.failed(error);
    } finally {
      setPending(null);
    }
  };
  /** Who types and presses Enter at once means the beds of what they typed, not those still on the screen. */
  const holdAimed = async () => {
    if (lost !== null) return lost.lost.nextBest === null ? undefined : await holdBed(lost.lost.nextBest);
    if (need === null) return;
    try {
      const shown = matches.isPlaceholderData ? undefined : matches.data;
      const { beds: found } = shown ?? (await askMatches(need));
      const bed = found[Math.min(chosen, found.length - 1)];
      if (bed !== undefined) await holdBed(bed);
    } catch (error) {
      notices.failed(error);
    }
  };
  const cancel = async (request: RequestView) => {
    try {
      await sendJson(RequestView, {
        method: "POST",
        url: `/api/v1/requests/${request.requestId}/cancel`,
        body: {},
        version: request.version,
      });
      if (selected?.requestId === request.requestId) setSelected(null);
      notices.done(`Cancelled: ${request.callName}.`);
    } catch (error) {
      notices.failed(error);
    }
    await queries.invalidateQueries({ queryKey: ["requests"] });
  };
  // A colleague's hold is confirmed by its own button and never by a key.
  const newest = own.find(({ bookingId, allowed }) => heldHere.has(bookingId) && allowed.includes("request"));
  useKeys({
    "/": () => quickField.current?.focus(),
    h: () => void holdAimed(),
    b: () => (newest === undefined ? undefined : void step(newest, "request")),
    j: () => setChosen((index) => Math.min(index + 1, Math.max(0, beds.length - 1))),
    k: () => setChosen((index) => Math.max(0, index - 1)),
  });

  return (
    <div className="desk desaturates">
      <header className="desk-head">
        <h2>
          {transferOf === null
            ? "Request a bed"
            : `Another bed for ${transferOf.callName}, now in ${transferOf.bedLabel}, ${transferOf.wardName}`}
        </h2>
        <p className="quiet desk-keys">
          <kbd>/</kbd> need · <kbd>j</kbd> <kbd>k</kbd> choose · <kbd>h</kbd> hold · <kbd>b</kbd> confirm ·{" "}
          <kbd>u</kbd> undo
        </p>
      </header>
      {transfer.error === null ? null : (
        <FailureNote error={transfer.error} retry={() => void transfer.refetch()} />
      )}
      <div className="request-columns">
        {selected === null ? (
          <NeedForm
            quickField={quickField}
            quick={quick}
            unknown={unknown}
            wish={wish}
            origin={transferOf === null ? from : null}
            news2={news2}
            hospitals={hospitals}
            onQuick={(text) => {
              setQuick(text);
              setChosen(0);
            }}
            onWish={(change) => {
              setBase({ ...wish, ...change });
              setQuick("");
            }}
            onOrigin={(change) => setOrigin({ ...origin, ...change })}
            onNews2={setNews2}
            onEnter={() => void holdAimed()}
          />
        ) : (
          <section className="desk-section" aria-label={`For ${selected.callName}`}>
            <h3>For {selected.callName}</h3>
            <p>{needWords(selected.need)}</p>
            <button type="button" className="control" onClick={() => setSelected(null)}>
              Ask for another bed instead
            </button>
          </section>
        )}
        <section className="desk-section" aria-label="Beds that match">
          <h3>Beds that match</h3>
          {lost === null ? null : (
            <LostRacePanel
              lost={lost.lost}
              detail={lost.detail}
              onHold={(bed) => void holdBed(bed)}
              onClose={() => setLost(null)}
            />
          )}
          {matches.error === null ? null : (
            <p role="status">
              {sendFailureWords(
                matches.error instanceof SendError ? matches.error.failure : { kind: "unknown-outcome" },
              )}
            </p>
          )}
          {need === null ? (
            <p>Say where the patient is: a hospital, or a place with its coordinates.</p>
          ) : null}
          {matches.data === undefined || need === null ? null : (
            <MatchList
              answer={matches.data}
              chosen={chosen}
              pending={pending}
              onHold={(bed) => void holdBed(bed)}
            />
          )}
        </section>
      </div>
      <EndedHolds
        bookings={bookings.data?.bookings}
        requests={requests.data?.requests ?? []}
        onFind={(request) => {
          setSelected(request);
          setLost(null);
        }}
      />
      {own.length === 0 ? null : (
        <section className="desk-section" aria-label="Holds of your team">
          <h3>Holds of your team</h3>
          <ul className="desk-list">
            {own.map((booking) => (
              <BookingCard key={booking.bookingId} booking={booking} hasKeys={booking === newest} />
            ))}
          </ul>
        </section>
      )}
      {requests.error === null ? null : (
        <FailureNote error={requests.error} retry={() => void requests.refetch()} />
      )}
      {requests.data === undefined ? null : (
        <WaitingList
          requests={requests.data.requests}
          onFind={(request) => {
            setSelected(request);
            setLost(null);
            setChosen(0);
          }}
          onCancel={(request) => void cancel(request)}
        />
      )}
    </div>
  );
}
