/** What an engineer should look at, in sentences, the gravest first. Pure: status and time in, sentences out. */
import { freshnessOf } from "../../../contracts/bed/freshness.ts";
import { durationWords } from "../../../contracts/ui/age-words.ts";
import { clockWords } from "../../../contracts/ui/clock-words.ts";
import type { DeviceStatus, GatewayStatus, LinkStatus } from "../../../contracts/wire/gateway-status.ts";
import { reasonWords } from "./reason-words.ts";

export type Finding = { readonly about: string; readonly words: string };

/** A problem that has not come again for this long stays in its count and leaves the list. */
export const PROBLEM_RECENT_MS = 2 * 60_000;
/** Records leave within seconds of being written; older ones are held up. */
const UNSENT_MS_MAX = 30_000;

export function findingsOf(status: GatewayStatus, nowMs: number): Finding[] {
  return [
    ...cloudFindings(status, nowMs),
    ...status.links.flatMap(linkFindings),
    ...status.devices.flatMap((device) => silenceFindings(device, nowMs)),
    ...problemFindings(status, nowMs),
  ];
}

function cloudFindings({ cloud, journal }: GatewayStatus, nowMs: number): Finding[] {
  const words: string[] = [];
  if (cloud.state === "retrying" || cloud.state === "refused") {
    const how = cloud.state === "refused" ? "It refuses this gateway" : "It does not answer";
    words.push(`${how}: ${cloud.lastError ?? "no reason given"}`);
  }
  const unsent = journal.lanes.flatMap(({ oldestUnsentAt }) =>
    oldestUnsentAt === null ? [] : [Date.parse(oldestUnsentAt)],
  );
  const oldestMs = nowMs - Math.min(...unsent);
  if (unsent.length > 0 && oldestMs > UNSENT_MS_MAX) {
    const queued = journal.lanes.reduce((sum, lane) => sum + lane.queued, 0);
    words.push(`${queued} records wait, the oldest for ${durationWords(oldestMs)}. They are kept.`);
  }
  if (journal.parked > 0)
    words.push(`${journal.parked} records were not accepted and are parked with their reasons.`);
  return words.map((each) => ({ about: "Cloud", words: each }));
}

function linkFindings({ linkId, running, state, since, detail }: LinkStatus): Finding[] {
  if (running === "stopped" || state === "connected" || state === "listening") return [];
  const reason = detail === "" ? "" : ` ${detail}`;
  return [
    { about: linkId, words: `${LINK_STATE_WORDS[state]} since ${clockWords(Date.parse(since))}.${reason}` },
  ];
}

const LINK_STATE_WORDS = { connecting: "Trying to connect", down: "Down" } as const;

function silenceFindings(
  { deviceId, lastHeardAt, expectedIntervalMs }: DeviceStatus,
  nowMs: number,
): Finding[] {
  if (lastHeardAt === null) return [{ about: deviceId, words: "Never heard since the gateway started." }];
  const ageMs = nowMs - Date.parse(lastHeardAt);
  if (freshnessOf(ageMs, expectedIntervalMs) !== "stale") return [];
  return [{ about: deviceId, words: `Silent for ${durationWords(ageMs)}.` }];
}

/** What several devices suffer in the same words has one cause, and is said once. */
function problemFindings({ devices, problems }: GatewayStatus, nowMs: number): Finding[] {
  const ofDevices = devices.flatMap((device) =>
    device.problems.map((problem) => ({ who: device.deviceId, problem })),
  );
  const ofStrangers = problems.map((problem) => ({ who: "Unknown devices", problem }));
  const recent = [...ofDevices, ...ofStrangers].filter(
    ({ problem }) => nowMs - Date.parse(problem.lastAt) < PROBLEM_RECENT_MS,
  );
  const byWords = Map.groupBy(recent, ({ problem }) => `${problem.reason} ${problem.detail}`);
  return [...byWords.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const count = same.reduce((sum, { problem }) => sum + problem.count, 0);
    const words = `${reasonWords(first.problem.reason)}, ${count} ×. ${first.problem.detail}`;
    return [{ about: same.map(({ who }) => who).join(", "), words }];
  });
}
