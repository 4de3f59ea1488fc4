/** Which of a journal's records stand on which page, before it is damaged. */
import { readBtreePage } from "../../../gateway/journal/life/btree-cells.ts";
import { readSeries } from "../../../gateway/journal/life/damaged-lanes.ts";
import { soundEvent, soundReading } from "../../../gateway/journal/life/damaged-rows.ts";
import { DamagedTables } from "../../../gateway/journal/life/damaged-tables.ts";
import { laneName } from "../../../gateway/journal/life/lanes.ts";
import { PageImage } from "../../../gateway/journal/life/page-image.ts";
import { recordKey } from "./judge-salvage.ts";

export type RowsOnPages = ReadonlyMap<number, readonly string[]>;

export function rowsOnPages(file: string): RowsOnPages {
  const image = new PageImage(file);
  try {
    const series = readSeries(new DamagedTables(image), new Map());
    const found = new Map<number, string[]>();
    for (let number = 1; number <= image.count; number++) {
      const page = readBtreePage(number, (wanted) => image.page(wanted));
      if (page?.kind !== "table-leaf") continue;
      const keys = page.cells.flatMap((cell) => {
        const reading = soundReading(cell, series);
        if (reading !== null) return [recordKey(laneName(reading.lane), reading.seq)];
        const event = soundEvent(cell);
        return event === null ? [] : [recordKey("beds", event.seq)];
      });
      found.set(number, keys);
    }
    return found;
  } finally {
    image.close();
  }
}
