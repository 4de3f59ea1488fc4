/** Why a bundle is refused: the closed list of docs/evidence.md in the order in which it is checked, in words. */

export const REFUSALS = {
  "car-malformed": "This is neither a bundle nor a CAR file with one bundle in it.",
  "cid-mismatch": "The CAR file's content is not what its CID says.",
  "bundle-unreadable": "This is not a bundle in its fixed form: something was added, cut or changed.",
  "payload-mismatch": "What the bed said is not what was committed to in the log.",
  "payload-malformed": "What was committed to is not a JSON object.",
  "gateway-checkpoint-malformed": "The gateway's checkpoint is not a signed checkpoint of a gateway's log.",
  "gateway-key-unknown": "The bundle brings no key of the gateway whose checkpoint it holds.",
  "gateway-signature-invalid": "None of the gateway's keys signed its checkpoint.",
  "leaf-not-in-gateway-log": "The statement is not in the log that the gateway signed.",
  "network-checkpoint-malformed": "The network's checkpoint is not a signed checkpoint.",
  "network-untrusted": "The checkpoint is of another network than the policy trusts.",
  "network-signature-invalid": "The key of the policy's network did not sign the network's checkpoint.",
  "too-few-witnesses": "Fewer witnesses of the policy cosigned the network's checkpoint than it asks for.",
  "entry-not-in-network-log": "The gateway's checkpoint is not in the log that the network signed.",
  "key-not-in-network-log": "A key of the gateway is not in the log that the network signed.",
  "gateway-key-revoked": "The gateway's key was not in force where the network's log took its checkpoint in.",
  "anchor-missing": "The policy asks for an anchor on a chain, and there is none.",
  "anchor-untrusted": "The anchor is in a contract or on a chain that the policy does not trust.",
  "anchor-checkpoint-malformed": "What was anchored is not a checkpoint that the policy's network signed.",
  "anchor-shrinks": "The anchored log is shorter than the one that the statement is in.",
  "anchor-inconsistent": "The anchored log does not continue the one that the statement is in.",
  "anchor-header-malformed": "The block's header is not a header.",
  "receipt-not-in-block": "The transaction's receipt is not in the block.",
  "anchor-event-missing": "The transaction did not anchor this checkpoint in this contract.",
} as const satisfies Record<string, string>;

export type RefusalReason = keyof typeof REFUSALS;
