import type { Lane } from "../../contracts/wire/ids.ts";

/** Lanes as the journal's tables number them. The tables of rows are named like their lanes. */
export const LANE_NUMBERS: Readonly<Record<Lane, number>> = { beds: 0, vitals: 1, environment: 2 };
