import { Link, useParams } from "wouter";
import * as z from "zod";
import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";
import { useLiveBookings } from "../bookings/use-bookings.ts";
import { NoticeFrame } from "../desk/notices.tsx";
import { usePageTitle } from "../frame/use-page-on-document.ts";
import { useSession } from "../history/use-history-queries.ts";
import { ConsentSection } from "./ConsentSection.tsx";
import { DocumentSection } from "./DocumentSection.tsx";
import "../desk/desk.css";
import "./documents.css";

const EncounterId = z.uuid();
const READERS: readonly string[] = ["doctor", "nurse"];

/** What is kept of a patient's stay beside the bed: documents, and who may read them. */
export function EncounterPage() {
  const { encounterId = "" } = useParams<{ encounterId: string }>();
  const session = useSession().data;
  if (!EncounterId.safeParse(encounterId).success)
    return (
      <StatePanel title="No such stay">
        <p>The link that led here is wrong or old.</p>
        <p>
          <Link href="/bookings">Go to the bookings</Link>
        </p>
      </StatePanel>
    );
  if (session !== undefined && !READERS.includes(session.role))
    return (
      <StatePanel title="Your role does not open this page">
        <p>Documents and consents of patients are for doctors and nurses.</p>
      </StatePanel>
    );
  return (
    <NoticeFrame>
      <Encounter key={encounterId} encounterId={encounterId} />
    </NoticeFrame>
  );
}

function Encounter({ encounterId }: { readonly encounterId: string }) {
  const bookings = useLiveBookings().data?.bookings ?? [];
  const own = bookings.filter((booking) => booking.encounterId === encounterId);
  const [booking] = own;
  const title =
    booking === undefined ? "Documents and consent" : `Documents and consent: ${booking.callName}`;
  usePageTitle(title);
  return (
    <div className="desk">
      <header className="desk-head">
        <div>
          <h2>{title}</h2>
          <p className="quiet">
            {own.map(({ bookingId, bedId, bedLabel, wardName }) => (
              <span key={bookingId}>
                <Link href={`/beds/${bedId}`}>Bed {bedLabel}</Link>, {wardName}{" "}
              </span>
            ))}
          </p>
        </div>
      </header>
      <div className="encounter-columns">
        <DocumentSection encounterId={encounterId} />
        <ConsentSection encounterId={encounterId} suggested={own.map(({ hospitalId }) => hospitalId)} />
      </div>
    </div>
  );
}
