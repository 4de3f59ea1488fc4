import type { DeviceId } from "../../contracts/wire/ids.ts";
import type { RegisterRange } from "../../devices/modbus/decode-registers.ts";
import type { Moment } from "../moment.ts";

/** What a transport hands on: who sent what, when. It knows no bed and no metric. */
export type RawMessage = {
  readonly deviceId: DeviceId;
  readonly received: Moment;
  readonly body:
    | {
        readonly kind: "mqtt";
        readonly payload: Uint8Array;
        /** Packet id where the broker may send it again (QoS 1 and 2), null for QoS 0. */
        readonly packetId: number | null;
        readonly isRepeat: boolean;
      }
    | { readonly kind: "registers"; readonly range: RegisterRange; readonly words: readonly number[] }
    | { readonly kind: "line"; readonly line: Uint8Array };
};

/** Kept or not: a transport acknowledges its device only after this has settled. */
export type Ingest = { hear(message: RawMessage): Promise<void> };
