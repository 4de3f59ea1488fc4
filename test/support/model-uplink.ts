import type { Uplink } from "../../gateway/sync/uplink.ts";
import type { ModelCloud } from "./model-cloud.ts";
import { BEGIN_MS } from "./moments.ts";

/** What happens to one request on its way: nothing, or it is lost before or after the cloud has taken it. */
export type Weather = "clear" | "request-lost" | "reply-lost" | "refused" | "busy";

/** The bytes go to the model cloud, in whatever weather it is. */
export function uplinkTo(cloud: ModelCloud, weather: () => Weather = () => "clear"): Uplink {
  const lost = { kind: "retry", reason: "the cloud cannot be reached", afterMs: null } as const;
  return {
    async sendBatch(envelope, recordsJson) {
      const today = weather();
      if (today === "request-lost") return lost;
      if (today === "refused") return { kind: "refused", reason: "wrong key" };
      if (today === "busy") return { kind: "retry", reason: "busy", afterMs: 40_000 };
      const records = recordsJson.map((json): unknown => JSON.parse(json));
      const answer = cloud.receive(JSON.stringify({ ...envelope, records, sentAtMs: BEGIN_MS }));
      return today === "reply-lost" ? lost : answer;
    },
    async sendHeartbeat() {
      return { kind: "stored", reply: { serverTimeMs: BEGIN_MS, bedsBehind: false } };
    },
  };
}
