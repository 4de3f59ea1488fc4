import type { SyncReply } from "../../contracts/wire/sync.ts";
import type { SendResult, Uplink } from "../../gateway/sync/uplink.ts";

/** What happens to one request on its way: nothing, or it is lost before or after the cloud has taken it. */
export type Weather = "clear" | "request-lost" | "reply-lost" | "refused" | "busy";

/** The bytes go to whoever receives them, in whatever weather it is. */
export function uplinkTo(
  receive: (body: Uint8Array) => SendResult<SyncReply>,
  weather: () => Weather = () => "clear",
): Pick<Uplink, "sendBatch"> {
  const lost = { kind: "retry", reason: "the cloud cannot be reached", afterMs: null } as const;
  return {
    async sendBatch(_lane, body) {
      const today = weather();
      if (today === "request-lost") return lost;
      if (today === "refused") return { kind: "refused", scope: "all", reason: "wrong key" };
      if (today === "busy") return { kind: "retry", reason: "busy", afterMs: 40_000 };
      const answer = receive(body);
      return today === "reply-lost" ? lost : answer;
    },
  };
}
