/** Forgeries of a bundle's form, and of what the bed said. */
import type { Bundle } from "../../../contracts/log/bundle.ts";
import { fromBase64, toBase64, utf8 } from "../../../contracts/log/bytes.ts";
import { commitmentOf } from "../../../contracts/log/hash.ts";
import type { RefusalReason } from "../../../contracts/log/refusals.ts";
import { carOf, carSection, rawCid } from "../../support/car-of.ts";
import { edited, type Forgery, raw } from "./forgery.ts";

export const STATEMENT_FORGERIES: Readonly<Record<string, Forgery>> = {
  "car: cut": raw("car-malformed", (bytes) => carOf(bytes).slice(0, -1)),
  "car: two blocks": raw("car-malformed", (bytes) =>
    Uint8Array.from([...carOf(bytes), ...carSection(utf8("more"))]),
  ),
  "car: another codec": raw("car-malformed", (bytes) =>
    carOf(
      bytes,
      rawCid(bytes).map((byte, at) => (at === 1 ? 0x71 : byte)),
    ),
  ),
  "car: another CID": raw("cid-mismatch", (bytes) => carOf(bytes, rawCid(utf8("other")))),
  "form: a blank": rewrittenText((text) => text.replace(",", ", ")),
  "form: a newline at the end": rewrittenText((text) => `${text}\n`),
  "form: an escape": rewrittenText((text) => text.replace('"format"', '"\\u0066ormat"')),
  "form: a key twice": rewrittenText((text) =>
    text.replace('"format":', '"format":"hospitell-evidence/1","format":'),
  ),
  "form: another order": rewrittenText(
    (text) =>
      `{"format":"hospitell-evidence/1",${text.slice(1).replace('"format":"hospitell-evidence/1",', "")}`,
  ),
  "form: a fraction": rewrittenText((text) => text.replace(/"firstSeq":(\d+)/, '"firstSeq":$1.0')),
  "form: another version": rewrittenText((text) => text.replace("evidence/1", "evidence/2")),
  "form: a byte order mark": rewrittenText((text) => `${text.slice(0, 1)}\ufeff${text.slice(1)}`),
  "form: a field more": edited("bundle-unreadable", (copy) => Object.assign(copy.network, { extra: 1 })),
  "form: more keys than allowed": edited("bundle-unreadable", (copy) => {
    copy.keys = Array.from({ length: 65 }, () => structuredClone(copy.keys[0])) as Bundle["keys"];
  }),
  "form: a hash of 31 bytes": edited("bundle-unreadable", (copy) => {
    copy.gateway.inclusion[0] = toBase64((fromBase64(copy.gateway.inclusion[0] ?? "") ?? utf8("")).slice(1));
  }),
  "leaf: another salt": edited("payload-mismatch", ({ leaf: { opening } }) => {
    if (opening !== null) opening.salt = flip(opening.salt);
  }),
  "leaf: other words": edited("payload-mismatch", ({ leaf: { opening } }) => {
    if (opening !== null) opening.payload = toBase64(utf8('{"to":"empty"}'));
  }),
  "leaf: no object": recommitted("payload-malformed", "[1]"),
  "leaf: not a number of JSON": recommitted("payload-malformed", '{"value":NaN}'),
  "leaf: a byte order mark": recommitted("payload-malformed", '\ufeff{"value":1}'),
  "leaf: other words, committed to anew": recommitted("leaf-not-in-gateway-log", '{"to":"empty"}'),
  "leaf: another record": edited("leaf-not-in-gateway-log", ({ leaf }) => {
    leaf.firstSeq += 1;
    leaf.lastSeq += 1;
  }),
  "leaf: another place": edited("leaf-not-in-gateway-log", ({ leaf }) => {
    leaf.index += 1;
  }),
  "leaf: a hash more on its way": edited("leaf-not-in-gateway-log", ({ gateway }) => {
    gateway.inclusion.push(gateway.inclusion[0] ?? "");
  }),
  "leaf: a hash less on its way": edited("leaf-not-in-gateway-log", ({ gateway }) => {
    gateway.inclusion.pop();
  }),
};

function rewrittenText(change: (text: string) => string): Forgery {
  return raw("bundle-unreadable", (bytes) => utf8(change(new TextDecoder().decode(bytes))));
}

/** Other words, and the commitment to them. */
function recommitted(reason: RefusalReason, words: string): Forgery {
  return edited(reason, ({ leaf }) => {
    if (leaf.opening === null) return;
    leaf.opening.payload = toBase64(utf8(words));
    leaf.commitment = toBase64(commitmentOf(fromBase64(leaf.opening.salt) ?? utf8(""), utf8(words)));
  });
}

function flip(text: string): string {
  const bytes = fromBase64(text) ?? utf8("");
  return toBase64(bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte)));
}
