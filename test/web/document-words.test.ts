import { expect, test } from "vitest";
import { bytesWords, readFileFacts } from "../../cloud/web/documents/document-words.ts";
import { DOCUMENT_BYTES_MAX } from "../../contracts/wire/documents.ts";

test.each([
  [{ name: "letter.pdf", type: "application/pdf", size: 5 }, "application/pdf"],
  [{ name: "Bundle.JSON", type: "application/json", size: 5 }, "application/fhir+json"],
  [{ name: "scan.jpg", type: "", size: DOCUMENT_BYTES_MAX }, "image/jpeg"],
])("%j is sent as %s", (file, type) => expect(readFileFacts(file)).toEqual({ ok: true, type }));

test.each([
  [{ name: "page.html", type: "text/html", size: 5 }, "It is not a PDF"],
  [{ name: "pdf", type: "", size: 0 }, "It has no bytes."],
  [{ name: "large.pdf", type: "", size: DOCUMENT_BYTES_MAX + 1 }, "a document has at most 20.0 MiB"],
  [{ name: "file.constructor", type: "", size: 5 }, "It is not a PDF"],
])("%j is refused before it is sent: %s", (file, why) =>
  expect(readFileFacts(file)).toMatchObject({ ok: false, why: expect.stringContaining(why) }),
);

test.each([
  [812, "812 bytes"],
  [1_025, "2 KiB"],
  [2_700_000, "2.6 MiB"],
])("%i bytes are %s", (bytes, words) => expect(bytesWords(bytes)).toBe(words));
