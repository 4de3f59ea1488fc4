/** One poll of one unit: its requests one after the other, and what they brought, together. */
import type { RegisterBlock, RegisterRange } from "../../../devices/modbus/decode-registers.ts";
import type { ModbusProfile } from "../../../devices/profile.ts";
import { exceptionProblem, type ModbusMaster, type Problem } from "./answer.ts";
import { partRange } from "./read-plan.ts";

const ILLEGAL_DATA_ADDRESS = 2;

export type Poll = {
  /** What was read; what the unit refused, and what was not asked after a silence, is not among it. */
  readonly blocks: readonly RegisterBlock[];
  readonly problems: readonly Problem[];
  readonly ended: { readonly kind: "answered" | "silent" } | { readonly kind: "lost"; readonly why: string };
  /** How to ask this unit from now on: a range that it refused as a whole is parted, and stays so. */
  readonly plan: readonly RegisterRange[];
};

export async function pollUnit(
  master: ModbusMaster,
  unit: number,
  profile: ModbusProfile,
  plan: readonly RegisterRange[],
): Promise<Poll> {
  const blocks: RegisterBlock[] = [];
  const problems: Problem[] = [];
  const asked: RegisterRange[] = [];
  const toAsk = [...plan];
  for (let range = toAsk.shift(); range !== undefined; range = toAsk.shift()) {
    const request = { ...range, unit };
    const { outcome, oddities } = await master.ask(request);
    problems.push(...oddities);
    switch (outcome.kind) {
      case "words":
        blocks.push({ functionCode: range.functionCode, address: range.address, words: outcome.words });
        asked.push(range);
        break;
      case "exception": {
        problems.push(exceptionProblem(request, outcome.code));
        const parts = outcome.code === ILLEGAL_DATA_ADDRESS ? partRange(profile, range) : null;
        if (parts === null) asked.push(range);
        else toAsk.unshift(...parts);
        break;
      }
      case "silent":
        problems.push(outcome.problem);
        return { blocks, problems, ended: { kind: "silent" }, plan: [...asked, range, ...toAsk] };
      case "lost":
        return { blocks, problems, ended: outcome, plan: [...asked, range, ...toAsk] };
    }
  }
  return { blocks, problems, ended: { kind: "answered" }, plan: asked };
}
