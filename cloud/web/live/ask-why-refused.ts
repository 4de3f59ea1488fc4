import { ReadError, type ReadFailure, readJson } from "../../../contracts/ui/read-json.ts";
import { BedPage } from "../../../contracts/wire/board.ts";

/** A socket that is refused does not say why; the beds over HTTP, which are open to the same roles, do. Null: nothing is wrong there. */
export async function askWhyRefused(signal: AbortSignal): Promise<ReadFailure | null> {
  try {
    await readJson(BedPage, "/api/v1/beds?limit=1", signal);
    return null;
  } catch (error) {
    if (error instanceof ReadError) return error.failure;
    throw error;
  }
}
