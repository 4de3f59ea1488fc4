import { type Cell, createCell } from "../../../contracts/ui/cell.ts";

/** The moment that the pointer is at, shared by all charts and ribbons of one time axis; null: at none. */
export type TimeCursor = Cell<number | null>;

export const createTimeCursor = (): TimeCursor => createCell<number | null>(null);
