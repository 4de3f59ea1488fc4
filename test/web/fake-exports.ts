/** The service's exports as a page sees them: each is as far as the test says. */
import type { Page } from "playwright-core";
import { ExportRequest, ExportView } from "../../contracts/wire/exports.ts";
import { at } from "./a-bed.ts";

export type FakeExports = {
  /** What was asked for, with the key that names the wish. */
  readonly asked: readonly { readonly key: string; readonly request: ExportRequest }[];
  /** How many were cancelled or removed. */
  readonly removed: readonly string[];
  /** From now on every export is like this. */
  be(words: Partial<ExportView>): void;
  /** The next wish gets no answer. */
  loseNext(): void;
};

export async function fakeExports(page: Page): Promise<FakeExports> {
  const asked: { key: string; request: ExportRequest }[] = [];
  const removed: string[] = [];
  let words: Partial<ExportView> = {};
  let isLost = false;
  await page.route(/\/api\/v1\/exports(\/.*)?$/, (route) => {
    const request = route.request();
    const [, exportId] = /exports\/([0-9a-f-]{36})$/.exec(request.url()) ?? [];
    if (request.method() === "POST") {
      const key = request.headers()["idempotency-key"] ?? "";
      asked.push({ key, request: ExportRequest.parse(request.postDataJSON()) });
      if (isLost) {
        isLost = false;
        return route.abort();
      }
      return route.fulfill({ status: 202, json: { exportId: idOf(asked.length) } });
    }
    if (exportId === undefined) return route.fulfill({ status: 404, json: {} });
    if (request.method() === "DELETE") {
      removed.push(exportId);
      words = { state: "cancelled" };
      return route.fulfill({ status: 204 });
    }
    const of = asked[Number(exportId.slice(-2)) - 1]?.request;
    return route.fulfill({ json: ExportView.parse({ ...RUNNING, exportId, request: of, ...words }) });
  });
  return {
    asked,
    removed,
    be: (next) => {
      words = next;
    },
    loseNext: () => {
      isLost = true;
    },
  };
}

const idOf = (nth: number) => `00000000-0000-4000-8000-0000000000${String(nth).padStart(2, "0")}`;

const RUNNING = {
  state: "running",
  doneRows: 4_000,
  totalRows: 16_000,
  totalIsEstimate: true,
  percent: 25,
  secondsLeft: 75,
  fileName: "readings.csv",
  bytes: 120_000,
  sha256: null,
  error: null,
  note: null,
  askedAt: at(0),
  endedAt: null,
  expiresAt: null,
};
