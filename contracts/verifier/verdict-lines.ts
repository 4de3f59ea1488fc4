/** A verdict as lines for a person. The bundle is a stranger's: nothing in it reaches a terminal as a control character. */
import { REFUSALS } from "../log/refusals.ts";
import type { AnchorStatement } from "../log/verify-anchor.ts";
import type { Statement, Verdict } from "../log/verify-bundle.ts";
import { AT_MS_MAX } from "../wire/ids.ts";

export const verdictLine = (verdict: Verdict) => (verdict.ok ? "ACCEPTED" : `REFUSED ${verdict.reason}`);

/** What follows the verdict's line. */
export function linesOf(verdict: Verdict, file: string): string[] {
  const lines = verdict.ok ? statementLines(verdict.statement) : [["", REFUSALS[verdict.reason]] as const];
  return [["file", file] as const, ...lines].map(([name, text]) => `${name.padEnd(12)}${printable(text)}`);
}

type Line = readonly [name: string, text: string];

function statementLines({ gateway, leaf, network, witnesses, anchor }: Statement): Line[] {
  const records =
    leaf.firstSeq === leaf.lastSeq
      ? `record ${leaf.firstSeq}`
      : `records ${leaf.firstSeq} to ${leaf.lastSeq}`;
  return [
    ["said by", `gateway ${gateway.gatewayId}, ${leaf.kind}, lane ${leaf.lane}, ${records}`],
    ...payloadLines(leaf.payload),
    [
      "logged",
      `as leaf ${leaf.index} of epoch ${gateway.epoch}; signed at ${time(gateway.signedAtMs)} by the gateway's clock`,
    ],
    [
      "taken in",
      `as entry ${network.index} of ${network.origin}; signed at ${time(network.signedAtMs)} by the network's clock`,
    ],
    ...(witnesses.length === 0 ? [["witnessed", "by nobody, and the policy asks for nobody"] as const] : []),
    ...witnesses.map(({ name, atMs }): Line => ["witnessed", `by ${name} at ${time(atMs)}`]),
    ...(anchor === null ? [["anchored", "not in this bundle"] as const] : anchorLines(anchor)),
  ];
}

/** Times are written out; everything else is JSON. */
function payloadLines(payload: Statement["leaf"]["payload"]): Line[] {
  if (payload === null) return [["said", "withheld or erased: only that something was said is shown"]];
  return Object.entries(payload).map(([name, value], at): Line => {
    const isTime = name.endsWith("AtMs") && typeof value === "number";
    return [at === 0 ? "said" : "", `${name}: ${isTime ? time(value) : JSON.stringify(value)}`];
  });
}

function anchorLines(anchor: AnchorStatement): Line[] {
  const number = anchor.blockNumber ?? "of no readable number";
  return [
    ["anchored", `in block ${number} of chain ${anchor.chainId}, contract ${anchor.contract}`],
    ["", `block's time ${anchor.blockAtMs === null ? "not readable" : time(anchor.blockAtMs)}`],
    ["block hash", anchor.blockHash],
    [
      "",
      "LAST STEP, YOURS: ask a node of that chain that you trust for the block with that number, and compare",
    ],
    ["", "its hash with this one. Offline nobody can know whether the chain has this block."],
  ];
}

/** RFC 3339, or the number where no such time can be written. */
function time(atMs: number): string {
  return atMs >= 0 && atMs <= AT_MS_MAX ? new Date(atMs).toISOString() : `${atMs} ms after 1970`;
}

/** Control characters, and those that turn the direction of writing, as escapes. */
const printable = (text: string) =>
  text.replace(
    /\p{C}/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
