/** The epoch of a journal that need not be whole, read without opening it. */
import { existsSync } from "node:fs";
import { Epoch } from "../../../contracts/wire/ids.ts";
import { checksumOfEpoch } from "../checksum.ts";
import { openDatabase } from "../open-database.ts";
import { readMeta, rootsOf } from "./damaged-meta.ts";
import { DamagedTables } from "./damaged-tables.ts";
import { PageImage } from "./page-image.ts";

/** Null: there is no journal, or its epoch is damaged too. */
export function readEpochOf(file: string): Epoch | null {
  if (!existsSync(file)) return null;
  const fresh = openDatabase(":memory:");
  const image = new PageImage(file);
  try {
    const meta = readMeta(new DamagedTables(image, rootsOf(fresh)));
    const epoch = Epoch.safeParse(meta.get("epoch")).data;
    if (epoch === undefined) return null;
    // The first versions wrote no checksum.
    const checksum = meta.get("epoch-checksum");
    return checksum === undefined || checksum === String(checksumOfEpoch(epoch)) ? epoch : null;
  } finally {
    image.close();
    fresh.close();
  }
}
