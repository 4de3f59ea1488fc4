/** The cloud's process with a configuration of its own, and the gateways' side of the sync with it. */
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import type { InfluxConfig } from "../../../config/history.ts";
import { SYNC_BATCH_TYPE } from "../../../contracts/wire/sync.ts";
import { layEmptyPglite } from "../../support/empty-pglite.ts";
import { Forked } from "../../support/forked.ts";
import { freePort } from "../../support/free-port.ts";
import { sharedEvidence } from "../../support/network-key-file.ts";
import { type SignedIn, signIn } from "../../support/sign-in.ts";

export const HOSPITAL = "prove";

export type SeriesCloudParts = {
  readonly directory: string;
  readonly gatewayIds: readonly string[];
  readonly influxdb: InfluxConfig;
  /** Null: the embedded database. */
  readonly databaseUrl: string | null;
  readonly program?: string;
};

type CloudMessage =
  | { readonly kind: "ready"; readonly url: string }
  | { readonly kind: "sign-in-link"; readonly role: string; readonly url: string };

/** What went on while a batch was brought. */
export type Phase = "nothing" | "store-away" | "store-troubled" | "cloud-killed";
export type Acknowledged = { readonly ms: number; readonly during: Phase };

const RETRY_MS = 50;
const ACKNOWLEDGED_WITHIN_MS = 300_000;
const ANSWERED_WITHIN_MS = 20_000;

export class SeriesCloud {
  readonly #parts: SeriesCloudParts;
  readonly #keys: ReadonlyMap<string, string>;
  readonly #acknowledged: Acknowledged[] = [];
  #process: Forked<CloudMessage> | null = null;
  #url = "";
  /** Told by the proof. */
  phase: Phase = "nothing";

  private constructor(parts: SeriesCloudParts, keys: ReadonlyMap<string, string>) {
    this.#parts = parts;
    this.#keys = keys;
  }

  static async in(parts: SeriesCloudParts): Promise<SeriesCloud> {
    const { directory, gatewayIds, influxdb, databaseUrl } = parts;
    const keys = new Map(
      gatewayIds.map((id) => [id, `hk_${id}_${randomBytes(32).toString("base64url")}`] as const),
    );
    mkdirSync(directory, { recursive: true });
    const config = {
      http: { port: await freePort() },
      metrics: { port: 0 },
      dataDirectory: "cloud",
      hospitals: [{ id: HOSPITAL, name: "Proving ground" }],
      gateways: [...keys].map(([id, key]) => ({
        id,
        hospital: HOSPITAL,
        keySha256: createHash("sha256").update(key).digest("hex"),
      })),
      timeSeries: { influxdb },
      ...sharedEvidence(databaseUrl ?? ""),
    };
    writeFileSync(join(directory, "cloud.yaml"), stringify(config), { mode: 0o600 });
    if (databaseUrl === null) await layEmptyPglite(join(directory, "cloud"), "");
    return new SeriesCloud(parts, keys);
  }

  get acknowledged(): readonly Acknowledged[] {
    return this.#acknowledged;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get embeddedDirectory(): string {
    return join(this.#parts.directory, "cloud", "pglite");
  }

  async start(): Promise<void> {
    const { program = "cloud/main.ts", directory, databaseUrl } = this.#parts;
    this.#process = new Forked<CloudMessage>({
      file: program,
      args: ["--config", join(directory, "cloud.yaml")],
      env: { DATABASE_URL: databaseUrl ?? "" },
    });
    this.#url = (await this.#process.said("ready")).url;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const ending = this.#process;
    this.#process = null;
    await ending?.end(signal);
  }

  async signIn(role: "doctor" | "facility-engineer"): Promise<SignedIn> {
    const cloud = this.#process;
    if (cloud === null) throw new Error("the cloud was to run");
    cloud.child.send({ kind: "sign-in-link", role, hospitalId: HOSPITAL });
    return await signIn((await cloud.said("sign-in-link")).url);
  }

  /** Again and again until it says that it has it, as a gateway would. */
  async deliver(gatewayId: string, body: Uint8Array): Promise<void> {
    const beganMs = performance.now();
    const during = this.phase;
    for (;;) {
      if (await this.#post(gatewayId, body)) {
        this.#acknowledged.push({ ms: performance.now() - beganMs, during });
        return;
      }
      if (performance.now() - beganMs > ACKNOWLEDGED_WITHIN_MS)
        throw new Error(
          `a batch of ${gatewayId} was to be acknowledged within ${ACKNOWLEDGED_WITHIN_MS / 1_000} s`,
        );
      // One that died by itself says why.
      if (this.#process?.child.exitCode != null) await this.#process.said("ready");
      await sleep(RETRY_MS);
    }
  }

  /** False: it did not take it this time. */
  async #post(gatewayId: string, body: Uint8Array): Promise<boolean> {
    try {
      const answer = await fetch(`${this.#url}/api/v1/sync/batches`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${this.#keys.get(gatewayId)}`,
          "content-type": SYNC_BATCH_TYPE,
          "content-encoding": "gzip",
        },
        body: Buffer.from(body),
        signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
      });
      const text = await answer.text();
      if (answer.ok) return true;
      if (answer.status < 500 && answer.status !== 429)
        throw new Refused(`a batch of ${gatewayId} was answered ${answer.status}: ${text}`);
      return false;
    } catch (error) {
      if (error instanceof Refused) throw error;
      return false;
    }
  }
}

class Refused extends Error {}
