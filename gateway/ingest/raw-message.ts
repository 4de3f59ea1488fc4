import type { DeviceId } from "../../contracts/wire/ids.ts";
import type { UnreadableReason } from "../../devices/decoded.ts";
import type { RegisterBlock } from "../../devices/modbus/decode-registers.ts";
import type { Moment } from "../moment.ts";

/** What a transport hands on: who sent what, when. It knows no bed and no metric. */
export type RawMessage = {
  readonly deviceId: DeviceId;
  readonly received: Moment;
  readonly body:
    | {
        readonly kind: "mqtt";
        /** Good until the message has been taken; whoever keeps it longer copies it. */
        readonly payload: Uint8Array;
        /** Packet id where the broker may send it again (QoS 1 and 2), null for QoS 0. */
        readonly packetId: number | null;
        readonly isRepeat: boolean;
        /** A broker may have kept it for an unknown time: only the device's own time can make it news. */
        readonly mayBeOld?: true;
      }
    /** One poll of one unit: every block that was read; one that the unit refused is not among them. */
    | { readonly kind: "registers"; readonly blocks: readonly RegisterBlock[] }
    /** One line without its end, or one frame, as the profile's scanner took it. */
    | { readonly kind: "frame"; readonly bytes: Uint8Array }
    /** What stood between frames and is none: nothing was said, but the engineer should see it. */
    | {
        readonly kind: "noise";
        readonly reason: UnreadableReason;
        readonly detail: string;
        readonly bytes: Uint8Array;
      };
};

/** Told once for each message, in the order in which they were taken: kept (null), or never will be. */
export type Kept = (error: Error | null) => void;

/** Kept or not: a transport acknowledges its device only after it was told so. */
export type Ingest = {
  hear(message: RawMessage): Promise<void>;
  /** The same without a promise, for a transport that hears a hundred thousand a second. */
  take(message: RawMessage, kept: Kept): void;
  /** True while so much waits for the disk that a transport should read no more, until `onRoom` calls it back. */
  readonly isFull: boolean;
  /** Calls `resume` once, as soon as there is room again. */
  onRoom(resume: () => void): void;
};
