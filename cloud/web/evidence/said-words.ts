/** What an accepted file says that was said, in words. What this page does not know stands as it came. Pure. */
import * as z from "zod";
import type { Statement } from "../../../contracts/log/verify-bundle.ts";
import { By, OccupancySettling, SensorFindingsChanged } from "../../../contracts/wire/bed-event.ts";
import { byWords } from "../drawer/by-words.ts";
import { timelineWords } from "../drawer/timeline-words.ts";
import { fullMomentWords } from "./full-moment.ts";
import { countWords } from "./proof-words.ts";

/** Of every event, also of one that is newer than this page: a file is read for years. */
const Event = z.object({
  kind: z.string(),
  bedId: z.string(),
  observedAtMs: z.number(),
  to: z.string().nullish(),
  by: By.optional().catch(undefined),
  candidate: OccupancySettling.shape.candidate.optional().catch(undefined),
  findings: SensorFindingsChanged.shape.findings.optional().catch(undefined),
});

export type Said = {
  readonly title: string;
  readonly facts: readonly (readonly [name: string, words: string])[];
};

export function saidWords({ kind, lane, firstSeq, lastSeq, payload }: Statement["leaf"]): Said {
  const numbers: Said["facts"][number] = [
    "Record",
    firstSeq === lastSeq
      ? `number ${countWords(firstSeq)} of the lane ${lane}`
      : `numbers ${countWords(firstSeq)} to ${countWords(lastSeq)} of the lane ${lane}`,
  ];
  if (payload === null)
    return { title: "Something was said, and what it was is withheld or was erased", facts: [numbers] };
  if (kind === "readings")
    return { title: "A digest of readings", facts: [numbers, ["Digest", JSON.stringify(payload)]] };
  const event = Event.safeParse(payload).data;
  if (event === undefined)
    return {
      title: "A record that this page cannot put into words",
      facts: [numbers, ["As it stands", JSON.stringify(payload)]],
    };
  return {
    title: timelineWords({ kind: event.kind, to: toOf(event) }),
    facts: [
      ["Bed", event.bedId],
      ["Observed", `${fullMomentWords(event.observedAtMs)}, by the gateway’s clock`],
      ...(event.by === undefined ? [] : [["Said by", byWords(event.by)] as const]),
      numbers,
    ],
  };
}

function toOf({ to, candidate, findings = [] }: z.infer<typeof Event>): string | null {
  if (findings.length > 0) return findings.map(({ kind, deviceId }) => `${kind}, ${deviceId}`).join("; ");
  return to ?? candidate ?? null;
}
