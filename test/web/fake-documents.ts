/** The documents, consents and erasures of the cloud as a page sees them, played from a test. */
import type { Page } from "playwright-core";
import {
  type ConsentList,
  ConsentView,
  type DocumentList,
  DocumentView,
  ErasureDone,
  ErasureList,
} from "../../contracts/wire/documents.ts";
import { aBooking, inBed } from "./a-desk.ts";

const idOf = (n: number) => `10000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const NETWORK = "hospitell/network/00112233aabbccdd";
const at = (agoMs = 0) => new Date(Date.now() - agoMs).toISOString();
export const ENCOUNTER = `/encounters/${aBooking().encounterId}`;

export const aDocument = (n: number, more: object = {}): DocumentView =>
  DocumentView.parse({
    documentId: idOf(n),
    encounterId: aBooking().encounterId,
    hospitalId: "north",
    name: "Discharge letter.pdf",
    type: "application/pdf",
    bytes: 184_320,
    storedAt: at(3_600_000),
    storedBy: "doctor",
    logged: { origin: NETWORK, index: 4_000 + n },
    ...more,
  });

const aConsent = (n: number, more: object = {}): ConsentView =>
  ConsentView.parse({
    consentId: idOf(n),
    encounterId: aBooking().encounterId,
    kind: "share-documents",
    hospitalId: "south",
    hospitalName: "Southbank Hospital",
    until: at(-30 * 86_400_000),
    formDocumentId: null,
    state: "in-force",
    given: {
      at: at(60_000),
      recordedBy: "nurse",
      hospitalId: "north",
      logged: { origin: NETWORK, index: 9 },
    },
    withdrawn: null,
    ...more,
  });

export const someErasures = () =>
  ErasureList.parse({
    erasures: [
      {
        erasureId: idOf(60),
        kind: "document",
        hospitalId: "north",
        reason: "Stored for another patient by mistake",
        at: at(7_200_000),
        by: "hospital-admin",
        leaves: [{ origin: NETWORK, index: 3_800, logged: { origin: NETWORK, index: 3_811 } }],
      },
    ],
    serverTime: at(),
  });

type Sent = { readonly path: string; readonly body: unknown; readonly type: string | null };
export type FakeDocuments = {
  readonly sent: readonly Sent[];
  /** The document that is asked for next is not what was stored. */
  damageNext(): void;
};

export async function fakeDocuments(page: Page): Promise<FakeDocuments> {
  const sent: Sent[] = [];
  let isDamaged = false;
  let documents = [
    aDocument(1),
    aDocument(2, {
      name: "Ward photograph, left heel.jpeg",
      type: "image/jpeg",
      bytes: 2_700_000,
      storedBy: "nurse",
    }),
    aDocument(3, { name: null, type: "text/plain", bytes: 812, logged: null }),
  ];
  let consents = [
    aConsent(21, {
      hospitalId: "east",
      hospitalName: "Eastside Clinic",
      state: "withdrawn",
      withdrawn: { at: at(30_000), recordedBy: "nurse", hospitalId: "north", logged: null },
    }),
  ];
  const serverTime = at();
  await page.route(/\/api\/v1\/bookings/, (route) =>
    route.fulfill({ json: { bookings: [inBed()], nextCursor: null, serverTime } }),
  );
  await page.route(/\/api\/v1\/(encounters|documents|consents|evidence\/erasures)/, async (route) => {
    const request = route.request();
    const { pathname, searchParams } = new URL(request.url());
    if (request.method() === "POST") {
      const type = await request.headerValue("content-type");
      const isUpload = pathname.endsWith("/documents");
      sent.push({ path: pathname, body: isUpload ? searchParams.get("name") : request.postDataJSON(), type });
      if (pathname.endsWith("/documents")) {
        const stored = aDocument(40, { name: searchParams.get("name"), storedAt: at(), storedBy: "nurse" });
        documents = [...documents, stored];
        return route.fulfill({ status: 201, json: stored });
      }
      if (pathname.endsWith("/consents")) {
        consents = [aConsent(22), ...consents];
        return route.fulfill({ status: 201, json: consents[0] });
      }
      if (pathname.endsWith("/withdraw")) {
        const over = { at: at(), recordedBy: "nurse", hospitalId: "north", logged: null } as const;
        consents = consents.map((one) => ConsentView.parse({ ...one, state: "withdrawn", withdrawn: over }));
        return route.fulfill({ json: consents[0] });
      }
      const archives = ["readings-2026-11-23.parquet"];
      return route.fulfill({
        status: 201,
        json: ErasureDone.parse({ ...someErasures().erasures[0], archives }),
      });
    }
    if (pathname.endsWith("/file"))
      return isDamaged
        ? route.fulfill({ status: 409, json: DAMAGED })
        : route.fulfill({ body: "%PDF-1.7", contentType: "application/pdf" });
    if (pathname.endsWith("/erasures")) return route.fulfill({ json: someErasures() });
    if (pathname.endsWith("/consents"))
      return route.fulfill({ json: { consents, serverTime } satisfies ConsentList });
    return route.fulfill({ json: { documents, serverTime } satisfies DocumentList });
  });
  return {
    sent,
    damageNext: () => {
      isDamaged = true;
    },
  };
}

const DAMAGED = {
  type: "about:blank",
  title: "The document is not what was stored",
  status: 409,
  code: "DOCUMENT_DAMAGED",
  detail: "The document does not match its commitment.",
  hint: "It is shown to nobody.",
  instance: "/",
};
