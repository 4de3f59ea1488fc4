/** What an engineer should look at, in sentences, the gravest first. Pure: status and time in, sentences out. */
import { freshnessOf } from "../../../contracts/bed/freshness.ts";
import { durationWords } from "../../../contracts/ui/age-words.ts";
import { clockWords } from "../../../contracts/ui/clock-words.ts";
import type {
  CountedProblem,
  DeviceStatus,
  GatewayStatus,
  LinkStatus,
} from "../../../contracts/wire/gateway-status.ts";
import { isRecent } from "./device-trouble.ts";
import { diskWords } from "./disk-findings.ts";
import { isBroken, LINK_STATE_WORDS } from "./link-words.ts";
import { namesWords } from "./names-words.ts";
import { reasonWords } from "./reason-words.ts";
import { sensorFindings } from "./sensor-findings.ts";

/** `rests`: the readings that show it, where there are any. */
export type Finding = { readonly about: string; readonly words: string; readonly rests?: string };

/** Records leave within seconds of being written; older ones are held up. */
const UNSENT_MS_MAX = 30_000;

export function findingsOf(status: GatewayStatus, nowMs: number): Finding[] {
  return [
    ...diskWords(status.journal.disk).map((words) => ({ about: "Disk", words })),
    ...cloudFindings(status, nowMs),
    ...logFindings(status),
    ...status.links.filter(isBroken).map((link) => linkFinding(link, status.devices, nowMs)),
    ...sensorFindings(status.beds, nowMs),
    ...silenceFindings(status, nowMs),
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

function logFindings({ log }: GatewayStatus): Finding[] {
  const witness = log?.witnessRefused ?? log?.witnessTrouble ?? null;
  return [
    ...(witness === null ? [] : [{ about: "Evidence", words: `It cosigns nothing: ${witness}` }]),
    ...(log?.trouble == null ? [] : [{ about: "Evidence", words: `Its log is not taken: ${log.trouble}` }]),
  ];
}

/** With the devices that are silent because of it, which are then not named again. */
function linkFinding(
  { linkId, state, since, detail }: LinkStatus,
  devices: readonly DeviceStatus[],
  nowMs: number,
): Finding {
  const ofLink = devices.filter((device) => device.linkId === linkId);
  const silent = ofLink.filter((device) => silentMs(device, nowMs) !== null).map(({ deviceId }) => deviceId);
  const because = silent.length === 0 ? "" : ` Silent because of it: ${namesWords(silent)}.`;
  const said = [`${LINK_STATE_WORDS[state]} since ${clockWords(Date.parse(since))}`, detail];
  return { about: linkId, words: `${ended(said.filter((part) => part !== "").join(": "))}${because}` };
}

const ended = (words: string) => (/[.!?]$/.test(words) ? words : `${words}.`);

/** For how long a device has been silent, infinite where it was never heard; null: it is not. */
function silentMs({ lastHeardAt, expectedIntervalMs }: DeviceStatus, nowMs: number): number | null {
  if (lastHeardAt === null) return Number.POSITIVE_INFINITY;
  const ageMs = nowMs - Date.parse(lastHeardAt);
  return freshnessOf(ageMs, expectedIntervalMs) === "stale" ? ageMs : null;
}

/** The silent devices of a link that is up are one sentence each way: they probably have one cause. */
function silenceFindings({ devices, links }: GatewayStatus, nowMs: number): Finding[] {
  const broken = new Set(links.filter(isBroken).map(({ linkId }) => linkId));
  const others = devices.filter(({ linkId }) => !broken.has(linkId));
  return [...Map.groupBy(others, ({ linkId }) => linkId).values()].flatMap((ofLink) => {
    const silent = ofLink.flatMap((device) => {
      const ageMs = silentMs(device, nowMs);
      return ageMs === null ? [] : [{ name: device.deviceId, ageMs }];
    });
    const never = silent.filter(({ ageMs }) => !Number.isFinite(ageMs));
    const fallen = silent.filter(({ ageMs }) => Number.isFinite(ageMs));
    const longestMs = Math.max(...fallen.map(({ ageMs }) => ageMs));
    const forLong = fallen.length > 1 ? "Silent, the longest for" : "Silent for";
    return [
      ...aboutAll(never, "Never heard since the gateway started."),
      ...aboutAll(fallen, `${forLong} ${durationWords(longestMs)}.`),
    ];
  });
}

const aboutAll = (devices: readonly { readonly name: string }[], words: string): Finding[] =>
  devices.length === 0 ? [] : [{ about: namesWords(devices.map(({ name }) => name)), words }];

/** What several devices of a link suffer from one reason has one cause, and is said once, in its newest words. */
function problemFindings({ devices, links, problems }: GatewayStatus, nowMs: number): Finding[] {
  const saidOfLink = new Map(links.filter(isBroken).map(({ linkId, detail }) => [linkId, detail]));
  const ofDevices = devices.flatMap(({ deviceId, linkId, problems: own }) =>
    own
      // What its broken link says already is not said again.
      .filter(({ detail }) => detail === "" || !saidOfLink.get(linkId)?.includes(detail))
      .map((problem) => ({ who: deviceId, where: linkId, problem })),
  );
  const ofStrangers = problems.map((problem) => ({ who: "Unknown devices", where: "", problem }));
  const recent = [...ofDevices, ...ofStrangers].filter(({ problem }) => isRecent(problem, nowMs));
  const byCause = Map.groupBy(recent, ({ where, problem }) => `${problem.reason} ${where}`);
  return [...byCause.values()].map((same) => {
    const count = same.reduce((sum, { problem }) => sum + problem.count, 0);
    const newest = same.map(({ problem }) => problem).reduce(newerOf);
    const isOneSentence = same.every(({ problem }) => problem.detail === newest.detail);
    return {
      about: namesWords(same.map(({ who }) => who)),
      words: `${reasonWords(newest.reason)}, ${count} ×. ${isOneSentence ? "" : "Last: "}${ended(newest.detail)}`,
    };
  });
}

const newerOf = (one: CountedProblem, other: CountedProblem): CountedProblem =>
  Date.parse(other.lastAt) > Date.parse(one.lastAt) ? other : one;
