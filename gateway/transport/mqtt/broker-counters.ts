/** What the broker has counted since it started, for metrics. Every name is there from the start, with 0. */

export const DOOR_NAMES = ["tcp", "tls", "webSocket"] as const;
export type DoorName = (typeof DOOR_NAMES)[number];

/** Why the front closed a connection, or did not let it in. */
export const REFUSALS = [
  "connections-full",
  "address-full",
  "connect-timeout",
  "not-authorized",
  "broken-frame",
  "frame-too-long",
  "held-bytes-full",
  "foreign-topic",
  "keep-alive",
  "slow-subscriber",
] as const;
export type Refusal = (typeof REFUSALS)[number];

export type BrokerCounters = {
  /** Open now, accepted or not. */
  readonly connections: Readonly<Record<DoorName, number>>;
  readonly refused: Readonly<Record<Refusal, number>>;
  readonly publishes: { readonly qos0: number; readonly qos1: number; readonly qos2: number };
  /** PUBACKs. */
  readonly acknowledged: number;
  /** Connections that are not read at the moment, because too much waits. */
  readonly paused: number;
  readonly bytesIn: number;
  readonly heldBytes: number;
};

const zeros = <Name extends string>(names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;

/** The counts themselves; plain fields, since they move a hundred thousand times a second. */
export class Tally {
  readonly connections = zeros(DOOR_NAMES);
  readonly refused = zeros(REFUSALS);
  qos0 = 0;
  qos1 = 0;
  qos2 = 0;
  acknowledged = 0;
  bytesIn = 0;
  heldBytes = 0;

  read(paused: number): BrokerCounters {
    const { connections, refused, qos0, qos1, qos2, acknowledged, bytesIn, heldBytes } = this;
    return {
      connections: { ...connections },
      refused: { ...refused },
      publishes: { qos0, qos1, qos2 },
      acknowledged,
      paused,
      bytesIn,
      heldBytes,
    };
  }
}
