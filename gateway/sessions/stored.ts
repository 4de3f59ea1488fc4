/** What crosses from the broker to the session store and back: plain values that survive a structured clone. */
export type Payload = Uint8Array | string;

/** A message on its way to a client, or, with cmd `pubrel`, what is left of one that the client has received. */
export type OutgoingPacket = {
  readonly cmd: "publish" | "pubrel";
  readonly brokerId: string | null;
  readonly brokerCounter: number | null;
  readonly messageId: number | null;
  readonly topic: string | null;
  readonly payload: Payload | null;
  readonly qos: number | null;
  readonly retain: boolean;
  /** It was sent on an earlier connection. */
  readonly dup: boolean;
};

/** A retained message or a will: `fields` is all of the packet but its payload. */
export type KeptPacket = { readonly fields: Readonly<Record<string, unknown>>; readonly payload: Payload };

export type StoredSubscription = {
  readonly topic: string;
  readonly qos: number;
  readonly fields: Readonly<Record<string, unknown>>;
};

export type IncomingKey = { readonly clientId: string; readonly messageId: number };

/** What a start finds. Payloads of retained messages stay on disk until somebody asks. */
export type StoredSessions = {
  readonly clientIds: readonly string[];
  readonly subscriptions: readonly (StoredSubscription & { readonly clientId: string })[];
  readonly incoming: readonly IncomingKey[];
  readonly retainedTopics: readonly string[];
  readonly wills: readonly (KeptPacket & { readonly clientId: string })[];
};

/** Messages after `afterSeq` up to `throughSeq`, which is where the queue ended when its first page was asked for. */
export type OutgoingPage = {
  readonly packets: readonly OutgoingPacket[];
  readonly afterSeq: number;
  readonly throughSeq: number;
  readonly isLast: boolean;
};
