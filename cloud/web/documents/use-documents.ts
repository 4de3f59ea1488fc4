import { useQuery } from "@tanstack/react-query";
import { readJson } from "../../../contracts/ui/read-json.ts";
import { ConsentList, DocumentList } from "../../../contracts/wire/documents.ts";

/** What is not logged yet is within a second; others may store and withdraw meanwhile. */
const ASKED_EVERY_MS = { unlogged: 2_000, logged: 15_000 } as const;

export const documentsUrl = (encounterId: string) => `/api/v1/encounters/${encounterId}/documents`;
export const consentsUrl = (encounterId: string) => `/api/v1/encounters/${encounterId}/consents`;

export function useDocuments(encounterId: string) {
  return useQuery({
    queryKey: ["documents", encounterId],
    queryFn: ({ signal }) => readJson(DocumentList, documentsUrl(encounterId), signal),
    refetchInterval: ({ state }) =>
      state.data?.documents.some(({ logged }) => logged === null)
        ? ASKED_EVERY_MS.unlogged
        : ASKED_EVERY_MS.logged,
  });
}

export function useConsents(encounterId: string) {
  return useQuery({
    queryKey: ["consents", encounterId],
    queryFn: ({ signal }) => readJson(ConsentList, consentsUrl(encounterId), signal),
    refetchInterval: ({ state }) =>
      state.data?.consents.some(({ given, withdrawn }) => (withdrawn ?? given).logged === null)
        ? ASKED_EVERY_MS.unlogged
        : ASKED_EVERY_MS.logged,
  });
}
