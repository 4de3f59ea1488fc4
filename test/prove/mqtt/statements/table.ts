import type { Statement } from "../statement.ts";
import { CONNECTING } from "./connect.ts";
import { FLOW } from "./flow.ts";
import { FORMAT } from "./format.ts";
import { PUBLISHING } from "./publish.ts";
import { SUBSCRIBING } from "./subscribe.ts";

/** The normative statements of MQTT 3.1.1 (OASIS, 2014) by its own numbers, in our words. */
export const STATEMENTS: readonly Statement[] = [
  ...FORMAT,
  ...CONNECTING,
  ...PUBLISHING,
  ...SUBSCRIBING,
  ...FLOW,
];
