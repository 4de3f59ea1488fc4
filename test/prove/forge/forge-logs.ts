/** Forgeries of the two logs: checkpoints, signatures, witnesses, entries and keys. */
import { encodeBundle } from "../../../contracts/log/bundle.ts";
import { cosign } from "../../../contracts/log/note.ts";
import { keyJson } from "../../support/evidence-world.ts";
import {
  bodyOf,
  copied,
  edited,
  type Forgery,
  keyNameOf,
  noteEdited,
  noteOf,
  noteText,
  ROUNDS,
  resigned,
  signaturesOf,
  stranger,
  withSignatures,
} from "./forgery.ts";

export const LOG_FORGERIES: Readonly<Record<string, Forgery>> = {
  "gateway: a checkpoint of the network": edited("gateway-checkpoint-malformed", (copy) => {
    copy.gateway.checkpoint = copy.network.checkpoint;
  }),
  "gateway: a size with a zero before it": noteEdited("gateway", "gateway-checkpoint-malformed", (text) =>
    text.replace(/\n(\d+)\n/, "\n0$1\n"),
  ),
  "gateway: no signature": noteEdited(
    "gateway",
    "gateway-checkpoint-malformed",
    (text) => `${bodyOf(text)}\n`,
  ),
  "gateway: a line more in the body": noteEdited("gateway", "gateway-checkpoint-malformed", (text) =>
    text.replace("\n\n", "\nmore\n\n"),
  ),
  "gateway: keys of another": edited("gateway-key-unknown", (copy, { worlds: { honest }, round }) => {
    const others = [0, 1].map((gateway) => honest.bundle({ round, gateway, leaf: 0 }));
    copy.keys = structuredClone(others.find((one) => keyNameOf(one) !== keyNameOf(copy))?.keys ?? []);
  }),
  "gateway: only revoked keys": edited("gateway-key-unknown", (copy) => {
    for (const key of copy.keys) key.kind = "key-revoked";
  }),
  "gateway: a larger size": noteEdited("gateway", "gateway-signature-invalid", larger),
  "gateway: signed by a stranger": noteEdited("gateway", "gateway-signature-invalid", (text, bundle) =>
    resigned(text, stranger(keyNameOf(bundle))),
  ),
  "gateway: a stranger's key among the keys": edited("key-not-in-network-log", (copy) => {
    const key = stranger(keyNameOf(copy));
    copy.gateway.checkpoint = noteOf(resigned(noteText(copy.gateway.checkpoint), key));
    const [first] = copy.keys;
    if (first !== undefined) copy.keys = [{ ...first, ...keyJson(key) }, ...copy.keys.slice(1)];
  }),
  "network: not a note": noteEdited("network", "network-checkpoint-malformed", (text) =>
    text.replace("signed-at ", "signed-at  "),
  ),
  "network: another": {
    reason: "network-untrusted",
    make: ({ worlds: { other }, count }) => encodeBundle(other.bundleAt(count)),
  },
  "network: a stranger's, from leaf to block": {
    reason: "network-signature-invalid",
    make: ({ worlds: { strangers }, count }) => encodeBundle(strangers.bundleAt(count)),
  },
  "network: a larger size": noteEdited("network", "network-signature-invalid", larger),
  "network: its own signature lost": noteEdited("network", "network-signature-invalid", (text) =>
    withSignatures(text, signaturesOf(text).slice(1)),
  ),
  "witnesses: none": witnessed(([own]) => [own]),
  "witnesses: one lost": witnessed(([own, one]) => [own, one]),
  "witnesses: one twice": witnessed(([own, one]) => [own, one, one]),
  "witnesses: a stranger under a witness's name": witnessed(([own, one, two], body) => {
    const name = two.split(" ")[1] ?? "";
    return [own, one, cosign(body, 1_764_000_000_000, stranger(name)).trimEnd()];
  }),
  "entry: another place": edited("entry-not-in-network-log", ({ network }) => {
    network.index -= 1;
  }),
  "entry: a hash more on its way": edited("entry-not-in-network-log", ({ network }) => {
    network.inclusion.unshift(network.inclusion[0] ?? "");
  }),
  "entry: an earlier checkpoint of the network": edited(
    "entry-not-in-network-log",
    (copy, { worlds: { honest }, round }) => {
      copy.network.checkpoint = noteOf(honest.rounds[round === 0 ? ROUNDS - 1 : round - 1]?.note ?? "");
    },
  ),
  "entry: the network's other history": {
    reason: "entry-not-in-network-log",
    make: ({ worlds: { honest, forked }, count }) =>
      copied(
        honest.bundle({ round: 5, gateway: 1 + (count % 3) === 1 ? 2 : 3, leaf: count % 15 }),
        (copy) => {
          copy.network.checkpoint = noteOf(forked.rounds[5]?.note ?? "");
        },
      ),
  },
  "keys: one twice": edited("key-not-in-network-log", (copy) => {
    copy.keys = [...copy.keys, ...structuredClone(copy.keys.slice(-1))];
  }),
  "keys: in another order": {
    reason: "key-not-in-network-log",
    make: ({ worlds: { honest }, count }) =>
      copied(honest.bundle({ round: 5, gateway: 0, leaf: count % 30 }), ({ keys }) => {
        keys.reverse();
      }),
  },
  "keys: another place": edited("key-not-in-network-log", ({ keys: [key] }) => {
    if (key !== undefined) key.index += 1;
  }),
  "keys: revoked before": {
    reason: "gateway-key-revoked",
    make: ({ worlds: { oldKey }, count }) =>
      encodeBundle(oldKey.bundle({ round: 5, gateway: 0, leaf: count % 30 })),
  },
  "keys: not yet in force": {
    reason: "gateway-key-revoked",
    make: ({ worlds: { newKey }, count }) =>
      copied(newKey.bundle({ round: 3, gateway: 0, leaf: count % 20 }), (copy) => {
        const [{ note, size }, index] = [newKey.rounds[5] ?? { note: "", size: 0 }, copy.network.index];
        const later = newKey.bundle({ round: 5, gateway: 0, leaf: 0 });
        copy.network = {
          checkpoint: noteOf(note),
          index,
          inclusion: newKey.networkLog.inclusion(index, size),
        };
        copy.keys = later.keys;
        copy.anchor = later.anchor;
      }),
  },
};

/** `lines`: the network's own signature, then the cosignatures of others than the bundle's gateway, then its own. */
function witnessed(edit: (lines: readonly [string, string, string], body: string) => string[]): Forgery {
  return noteEdited("network", "too-few-witnesses", (text, bundle) => {
    const [own = "", ...lines] = signaturesOf(text);
    const [one = "", two = ""] = lines.filter((line) => !line.includes(`${keyNameOf(bundle)} `));
    const gateways = lines.filter((line) => line.includes(`${keyNameOf(bundle)} `));
    return withSignatures(text, [...edit([own, one, two], bodyOf(text)), ...gateways]);
  });
}

function larger(text: string): string {
  return text.replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) + 1}\n`);
}
