/** Bed events of a batch that the board can hold and the log can prove; the rest is parked. Pure. */
import { BedEvent } from "../../contracts/wire/bed-event.ts";
import { LEAF_PAYLOAD_BYTES_MAX } from "../../contracts/wire/log-limits.ts";
import { type Fitted, fitRecords, park } from "./fit-records.ts";

/**
 * An event is measured as its gateway logs it, fields that are not known here included: what is stored here stands in the
 * log word for word, and what the log has by its digest alone is on no board.
 */
export function fitEvents(firstSeq: number, events: readonly unknown[]): Fitted<BedEvent> {
  const { fitting, parked } = fitRecords(BedEvent, firstSeq, events);
  const fitted: Fitted<BedEvent> = { fitting: [], parked };
  for (const one of fitting) {
    const raw = events[one.seq - firstSeq];
    const bytes = Buffer.byteLength(JSON.stringify(raw));
    if (bytes <= LEAF_PAYLOAD_BYTES_MAX) fitted.fitting.push(one);
    else
      parked.push(
        park(one.seq, raw, `it has ${bytes} bytes as JSON, and a log takes ${LEAF_PAYLOAD_BYTES_MAX}`),
      );
  }
  return fitted;
}
