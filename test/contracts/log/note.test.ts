import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBase64, toBase64, utf8 } from "../../../contracts/log/bytes.ts";
import { cosign, parseNote, signCheckpoint } from "../../../contracts/log/note.ts";
import { cosignedAtMs, isSignedBy, type SignedBody } from "../../../contracts/log/signed-note.ts";
import { ed25519Signer } from "../../support/ed25519-signer.ts";

const KEY = ed25519Signer("hospitell/gateway/north", 1);
const WITNESS = ed25519Signer("hospitell/gateway/south", 2);
const CHECKPOINT = {
  origin: "hospitell/gateway/north/0011223344556677",
  size: 42,
  root: new Uint8Array(32).fill(7),
  signedAtMs: 1_764_154_800_123,
};
const NOTE = signCheckpoint(CHECKPOINT, KEY);

/** Lines of a published note, which need not be a checkpoint of ours. */
function published(body: string, name: string, line: string): SignedBody {
  const bytes = fromBase64(line) ?? utf8("");
  return { body, signatures: [{ name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) }] };
}
/** A C2SP verifier key: name, key id and base64 of algorithm and key. */
const keyOf = (name: string, encoded: string) => ({
  name,
  publicKey: (fromBase64(encoded) ?? utf8("")).slice(1),
});

describe("a signed note", () => {
  it("verifies as the example of Go's sumdb does", () => {
    const body =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const line =
      "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
    const key = keyOf("PeterNeumann", "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    expect(isSignedBy(published(body, key.name, line), key)).toBe(true);
    expect(isSignedBy(published(body.replace("you", "I"), key.name, line), key)).toBe(false);
    expect(isSignedBy(published(body, "Somebody", line), { ...key, name: "Somebody" })).toBe(false);
  });

  it("verifies a cosignature that a public witness made of a public log", () => {
    const body =
      "arche2025h1.staging.ct.transparency.dev\n1432088532\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n";
    const line =
      "2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==";
    const witness = keyOf("remora.n621.de", "BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2");
    expect(cosignedAtMs(published(body, witness.name, line), witness)).toBe(0x6a12_2120 * 1_000);
    expect(cosignedAtMs(published(body.replace("32\n", "42\n"), witness.name, line), witness)).toBeNull();
  });

  it("is read as it was written, and is signed by its key alone", () => {
    const note = parseNote(NOTE);
    expect(note).toMatchObject(CHECKPOINT);
    expect(note !== null && isSignedBy(note, KEY)).toBe(true);
    expect(note !== null && isSignedBy(note, { ...KEY, publicKey: WITNESS.publicKey })).toBe(false);
    expect(note !== null && isSignedBy(note, { ...KEY, name: WITNESS.name })).toBe(false);
  });

  it("takes cosignatures below it, to whole seconds, and no checkpoint signature for one", () => {
    const { body = "" } = parseNote(NOTE) ?? {};
    const note = parseNote(NOTE + cosign(body, 1_764_154_801_999, WITNESS));
    if (note === null) throw new Error("the note was to be read");
    expect(cosignedAtMs(note, WITNESS)).toBe(1_764_154_801_000);
    expect(isSignedBy(note, WITNESS)).toBe(false);
    expect(cosignedAtMs(note, KEY)).toBeNull();
    expect(isSignedBy(note, KEY)).toBe(true);
  });

  it.each([
    ["no empty line", NOTE.replace("\n\n", "\n")],
    ["no signature", `${NOTE.slice(0, NOTE.indexOf("\n\n"))}\n\n`],
    ["no newline at the end", NOTE.slice(0, -1)],
    ["an empty line at the end", `${NOTE}\n`],
    ["a hyphen for the dash", NOTE.replace("—", "-")],
    ["two blanks", NOTE.replace("— ", "—  ")],
    ["a size with a zero before it", NOTE.replace("\n42\n", "\n042\n")],
    ["a size with a sign", NOTE.replace("\n42\n", "\n+42\n")],
    ["a size of 2^53", NOTE.replace("\n42\n", "\n9007199254740992\n")],
    ["a time with a fraction", NOTE.replace("00123\n", "00123.5\n")],
    ["no time", NOTE.replace(/signed-at .*\n/, "")],
    ["another extension", NOTE.replace("\n\n", "\nmore\n\n")],
    ["an origin with capitals", NOTE.replace("hospitell", "Hospitell")],
    ["a root of 31 bytes", NOTE.replace(toBase64(CHECKPOINT.root), toBase64(new Uint8Array(31)))],
    ["a root with loose bits", NOTE.replace("Bwc=\n", "Bwd=\n")],
    ["a carriage return", NOTE.replace("\n42\n", "\r\n42\n")],
    ["a signature of nothing but a key id", NOTE.replace(/north [A-Za-z0-9+/=]+\n$/, "north AAAAAA==\n")],
  ])("is none with %s", (_, text) => {
    expect(text).not.toBe(NOTE);
    expect(parseNote(text)).toBeNull();
  });

  it("is not signed any more with a bit of it turned over", () => {
    const bytes = utf8(NOTE);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const turned = bytes.map((byte, place) => (place === at ? byte ^ (1 << bit) : byte));
        const note = parseNote(new TextDecoder().decode(turned));
        expect(note !== null && isSignedBy(note, KEY)).toBe(false);
      }),
    );
  });

  it("is read or not, whatever the text, and never throws", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary-ascii" }),
      fc
        .array(fc.constantFrom("— ", "\n", "\n\n", "42", "signed-at 1", "a/b", "AAAA", "="))
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const note = parseNote(text);
        expect(note === null || text.startsWith(note.body)).toBe(true);
      }),
    );
  });
});
