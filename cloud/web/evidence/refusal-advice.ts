/** What whoever holds a refused file can do next; the reason itself is contracts/log's. Pure. */
import type { RefusalReason } from "../../../contracts/log/refusals.ts";

const DAMAGED =
  "The file was cut, changed or put together wrongly on its way, or it never was one. Ask for it again, from where it was made.";
const FORGED =
  "Its parts do not belong together. Nobody gets this by mistake in sending it: somebody made or changed the file. Rely on nothing in it.";
const OTHER_NETWORK =
  "It may be whole, and of another network than the policy beside it trusts. Check it against the policy of the network that it comes from, and ask that network’s people for it.";
const TOO_FEW =
  "Too few of those whom the policy trusts have seen this log. A file that was made some seconds later may have more of them: ask for it again.";
const UNANCHORED =
  "The log may reach the chain later: ask for the file again. A policy that asks for no anchor would not look for one.";
const OTHER_CHAIN = "Check that the policy names the contract and the chain that this network uses.";

export const REFUSAL_ADVICE: Readonly<Record<RefusalReason, string>> = {
  "car-malformed": DAMAGED,
  "cid-mismatch": DAMAGED,
  "bundle-unreadable": DAMAGED,
  "payload-mismatch": FORGED,
  "payload-malformed": FORGED,
  "gateway-checkpoint-malformed": DAMAGED,
  "gateway-key-unknown": FORGED,
  "gateway-signature-invalid": FORGED,
  "leaf-not-in-gateway-log": FORGED,
  "network-checkpoint-malformed": DAMAGED,
  "network-untrusted": OTHER_NETWORK,
  "network-signature-invalid": FORGED,
  "too-few-witnesses": TOO_FEW,
  "entry-not-in-network-log": FORGED,
  "key-not-in-network-log": FORGED,
  "gateway-key-revoked":
    "The gateway’s key had been withdrawn, or was not known yet: whoever held it may not have been the gateway. Rely on nothing in it.",
  "anchor-missing": UNANCHORED,
  "anchor-untrusted": OTHER_CHAIN,
  "anchor-checkpoint-malformed": FORGED,
  "anchor-shrinks": FORGED,
  "anchor-inconsistent":
    "The log on the chain and the log in the file are two histories. Keep the file: it may show that somebody lied.",
  "anchor-header-malformed": DAMAGED,
  "receipt-not-in-block": FORGED,
  "anchor-event-missing": FORGED,
};
