/**
 * Random devices, topics and filters, most of them nearly right: does a rule ever grant a device what is another's? Who
 * owns a topic is told here from the ward's own words, by level.
 */
import { DeviceId } from "../../../contracts/wire/ids.ts";
import {
  type DeviceTopics,
  isOwnFilter,
  isOwnTopic,
  isOwnWill,
  topicKindOf,
} from "../../../gateway/transport/mqtt/topics.ts";
import { isTopicFilter, isTopicName, matches } from "./own-matcher.ts";

export type Rules = {
  readonly mayPublish: (device: DeviceId, topics: DeviceTopics, topic: string) => boolean;
  readonly mayWill: (device: DeviceId, topics: DeviceTopics, topic: string) => boolean;
  readonly maySubscribe: (device: DeviceId, filter: string) => boolean;
  readonly mayHear: (device: DeviceId, topic: string) => boolean;
};

export const RULES: Rules = {
  mayPublish: (device, topics, topic) => topicKindOf(device, topics, topic) !== "foreign",
  mayWill: isOwnWill,
  maySubscribe: isOwnFilter,
  mayHear: isOwnTopic,
};

/** As many a broker is set up: below `devices/`, nobody asks whose. */
export const CARELESS_RULES: Rules = {
  mayPublish: (_device, _topics, topic) => topic.startsWith("devices/") || topic.startsWith("tele/"),
  mayWill: (_device, _topics, topic) => topic.startsWith("devices/"),
  maySubscribe: (_device, filter) => filter.startsWith("devices/"),
  mayHear: (_device, topic) => topic.startsWith("devices/"),
};

type Kind = "publish" | "will" | "subscribe" | "forward";
export type Judged = {
  readonly triples: number;
  readonly crossGrants: Readonly<Record<Kind, number>>;
  readonly ownGrants: Readonly<Record<Kind, number>>;
  /** What a device must be able to do, and was not allowed to. */
  readonly ownRefused: number;
  readonly example: string | null;
};

type Place = { readonly deviceId: DeviceId; readonly topics: DeviceTopics; readonly label: string | null };

/** Ids that begin alike, end alike, or look like parts of topics. */
const NAMES = [
  "bed-1",
  "bed-12",
  "bed-1-a",
  "b",
  "bed",
  "devices",
  "status",
  "readings",
  "tele",
  "1",
  "a-bed-1",
];
const PLACES: readonly Place[] = NAMES.flatMap((name) => [
  native(name),
  maker(`${name}-pad`, `PAD-${name.toUpperCase()}`),
]);

function native(name: string): Place {
  return {
    deviceId: DeviceId.parse(name),
    topics: { readings: `devices/${name}/readings`, ownArea: null },
    label: null,
  };
}

function maker(name: string, label: string): Place {
  return {
    deviceId: DeviceId.parse(name),
    topics: { readings: `tele/${label}/SENSOR`, ownArea: `tele/${label}/` },
    label,
  };
}

/** What each of them says, at the least. */
const SAID = PLACES.flatMap((by) => {
  const { deviceId, topics } = by;
  return [topics.readings, `devices/${deviceId}/status`, `devices/${deviceId}/commands/a`].map((topic) => ({
    by,
    topic,
  }));
});

/** By the topic's levels: below a device's id, or below the name on its label. */
function isOwnedBy({ deviceId, label }: Place, topic: string): boolean {
  const [first, second, ...rest] = topic.split("/");
  if (!isTopicName(topic) || rest.length === 0) return false;
  return (first === "devices" && second === deviceId) || (first === "tele" && second === label);
}

export function judgeRules(rules: Rules, triples: number, random: () => number): Judged {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item;
  const crossGrants = { publish: 0, will: 0, subscribe: 0, forward: 0 };
  const ownGrants = { ...crossGrants };
  let ownRefused = 0;
  let example: string | null = null;
  const grant = (kind: Kind, place: Place, what: string, isOwn: boolean) => {
    if (isOwn) {
      ownGrants[kind] += 1;
      return;
    }
    crossGrants[kind] += 1;
    example ??= `${place.deviceId} may ${kind} ${JSON.stringify(what)}`;
  };
  for (let n = 0; n < triples; n++) {
    const place = pick(PLACES);
    const { deviceId, topics } = place;
    // Every other time it is about what is its own, or nearly.
    const about = random() < 0.5 ? place : pick(PLACES);
    const topic = randomTopic(about, pick, random);
    const filter = randomFilter(about, pick, random);
    if (rules.mayPublish(deviceId, topics, topic)) grant("publish", place, topic, isOwnedBy(place, topic));
    if (rules.mayWill(deviceId, topics, topic))
      grant("will", place, topic, isOwnedBy(place, topic) && topic !== topics.readings);
    const isSubscribed = rules.maySubscribe(deviceId, filter) && isTopicFilter(filter);
    if (isSubscribed) {
      // A filter reaches out where it matches what another device says.
      const matched = SAID.filter((said) => matches(filter, said.topic));
      grant(
        "subscribe",
        place,
        filter,
        matched.every(({ by }) => by === place),
      );
      const told = [topic, ...matched.map((said) => said.topic)].filter(
        (one) => isTopicName(one) && matches(filter, one) && rules.mayHear(deviceId, one),
      );
      for (const one of told) grant("forward", place, one, isOwnedBy(place, one));
    }
    const status = `devices/${deviceId}/status`;
    const isServed =
      rules.mayPublish(deviceId, topics, topics.readings) &&
      rules.mayPublish(deviceId, topics, status) &&
      rules.mayWill(deviceId, topics, status) &&
      rules.maySubscribe(deviceId, `devices/${deviceId}/#`) &&
      rules.mayHear(deviceId, status);
    if (!isServed) ownRefused += 1;
  }
  return { triples, crossGrants, ownGrants, ownRefused, example };
}

type Pick = <Item>(items: readonly Item[]) => Item;

const FIRST = ["devices", "tele", "$SYS", "$share", "", "Devices", "devices "];
const LAST = ["readings", "status", "SENSOR", "STATE", "", "a", "readings ", "Status"];

function randomTopic({ deviceId, label }: Place, pick: Pick, random: () => number): string {
  const near = [pick(FIRST), random() < 0.5 ? deviceId : (label ?? deviceId), pick(LAST)];
  const exact = [label === null || random() < 0.5 ? "devices" : "tele", label ?? deviceId, pick(LAST)];
  return disturb(random() < 0.5 ? near : exact, pick, random, ["/", "+", "#", "\u0000", "x"]);
}

function randomFilter({ deviceId }: Place, pick: Pick, random: () => number): string {
  const levels = [
    pick(["devices", "devices", "devices", "+", "#", "tele"]),
    pick([deviceId, deviceId, "+", "#"]),
  ];
  return disturb([...levels, pick(["#", "+", "status", "readings", "+/#", "a"])], pick, random, [
    "/",
    "#",
    "+",
  ]);
}

/** One in three has something put in or a level left out. */
function disturb(
  levels: readonly string[],
  pick: Pick,
  random: () => number,
  odd: readonly string[],
): string {
  const text = levels.join("/");
  const chance = random();
  if (chance > 1 / 3) return text;
  if (chance > 1 / 6) return levels.filter(() => random() > 0.3).join("/");
  const at = Math.floor(random() * (text.length + 1));
  return text.slice(0, at) + pick(odd) + text.slice(at);
}
