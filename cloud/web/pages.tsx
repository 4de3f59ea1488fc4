/**
 * Every page of the web app. A page other than the board is a chunk of its own, loaded when somebody goes there; what
 * stands in its path it reads with wouter's `useParams`. A page may not import this file: it would load all others.
 */
import type { ComponentType } from "react";
import { BoardPage } from "./board/BoardPage.tsx";
import { loadedLater } from "./frame/loaded-later.tsx";

export type Page = {
  /** As wouter reads it. */
  readonly path: string;
  readonly title: string;
  readonly isInNavigation: boolean;
  /** Opens without a session, and means the same without the service. */
  readonly isForAnybody?: boolean;
  readonly Content: ComponentType;
};

export const PAGES: readonly Page[] = [
  { path: "/", title: "Live beds", isInNavigation: true, Content: BoardPage },
  {
    path: "/beds/:bedId",
    title: "Bed history",
    isInNavigation: false,
    Content: loadedLater(async () => (await import("./bed/BedPage.tsx")).BedPage),
  },
  {
    path: "/wards/:hospitalId/:wardId",
    title: "Ward",
    isInNavigation: false,
    Content: loadedLater(async () => (await import("./ward/WardPage.tsx")).WardPage),
  },
  {
    path: "/requests",
    title: "Requests",
    isInNavigation: true,
    Content: loadedLater(async () => (await import("./requests/RequestsPage.tsx")).RequestsPage),
  },
  {
    path: "/bookings",
    title: "Bookings",
    isInNavigation: true,
    Content: loadedLater(async () => (await import("./bookings/BookingsPage.tsx")).BookingsPage),
  },
  {
    path: "/encounters/:encounterId",
    title: "Documents",
    isInNavigation: false,
    Content: loadedLater(async () => (await import("./documents/EncounterPage.tsx")).EncounterPage),
  },
  {
    path: "/transfers",
    title: "Transfers",
    isInNavigation: true,
    Content: loadedLater(async () => (await import("./transfers/TransfersPage.tsx")).TransfersPage),
  },
  {
    path: "/conflicts",
    title: "Conflicts",
    isInNavigation: true,
    Content: loadedLater(async () => (await import("./conflicts/ConflictsPage.tsx")).ConflictsPage),
  },
  {
    path: "/cleaning",
    title: "Cleaning",
    isInNavigation: true,
    Content: loadedLater(async () => (await import("./cleaning/CleaningPage.tsx")).CleaningPage),
  },
  {
    path: "/wards",
    title: "Ward administration",
    isInNavigation: true,
    Content: loadedLater(async () => (await import("./ward-admin/WardAdminPage.tsx")).WardAdminPage),
  },
  {
    path: "/environment",
    title: "Environment",
    isInNavigation: true,
    Content: loadedLater(async () => (await import("./environment/EnvironmentPage.tsx")).EnvironmentPage),
  },
  {
    path: "/data-health",
    title: "Data health",
    isInNavigation: true,
    Content: loadedLater(async () => (await import("./data-health/DataHealthPage.tsx")).DataHealthPage),
  },
  {
    path: "/kpi",
    title: "KPI",
    isInNavigation: true,
    Content: loadedLater(async () => (await import("./kpi/KpiPage.tsx")).KpiPage),
  },
  {
    path: "/evidence",
    title: "Evidence",
    isInNavigation: true,
    Content: loadedLater(async () => (await import("./evidence/EvidencePage.tsx")).EvidencePage),
  },
  {
    path: "/verify",
    title: "Check a file",
    isInNavigation: false,
    isForAnybody: true,
    Content: loadedLater(async () => (await import("./evidence/VerifyPage.tsx")).VerifyPage),
  },
];
