/** What is done with webhooks over HTTP: registered, looked at, paused, played back, removed. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { sql } from "kysely";
import type { HospitalId } from "../../contracts/wire/ids.ts";
import type { WebhookBody, WebhookList, WebhookView } from "../../contracts/wire/webhooks.ts";
import { type PersonCaller, scopeOf, sees } from "../access/scope.ts";
import type { Randomness } from "../clock.ts";
import type { DeskDeps, DeskStep } from "../desk/desk-transaction.ts";
import { once } from "../desk/idempotent.ts";
import type { KeyProvider } from "../encounters/key-provider.ts";
import { KEY_BYTES, seal, unseal } from "../encounters/seal.ts";
import { uuidOf } from "../exports/exports.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339, rfc3339OrNull } from "../registry/bed-view.ts";
import { hostOf, isRefusedAddress } from "./address.ts";
import { behindOf, newestPosition, type StoredWebhook, selectWebhooks } from "./repository.ts";
import { SECRET_BYTES, secretText } from "./signature.ts";

/** Each may hang for as long as an answer may take, and none waits for another: so many at once are borne. */
export const WEBHOOKS_MAX = 100;

export type WebhooksDeps = {
  readonly desk: DeskDeps;
  readonly keys: KeyProvider;
  readonly randomness: Randomness;
  /** Whether addresses of the service's own network may be told: for tests and demonstrations alone. */
  readonly allowPrivate: boolean;
};

type Created = WebhookView & { readonly secret: string };

export class Webhooks {
  readonly #deps: WebhooksDeps;

  constructor(deps: WebhooksDeps) {
    this.#deps = deps;
  }

  /** What is kept of it for a repetition is its id: the secret is stored nowhere but sealed. */
  async register(
    caller: PersonCaller,
    body: WebhookBody,
    key: string,
  ): Promise<{ readonly view: Created; readonly isRepetition: boolean }> {
    const { desk } = this.#deps;
    const hospitalId = hospitalOf(caller, body);
    // The name is looked up while no transaction waits for it.
    const unreachable = await this.#whyUnreachable(new URL(body.url));
    const asked = { caller, key, route: "POST /api/v1/webhooks", request: body };
    const { answer, isRepetition } = await once(desk, asked, async (step) => {
      await requireHospital(step, hospitalId);
      if (unreachable !== null) throw new CloudError("WEBHOOK_ADDRESS_REFUSED", unreachable);
      return await this.#insert(step, body, hospitalId);
    });
    const webhook = await this.#seen(caller, answer.webhookId);
    const secret = secretText(await this.openSecret(webhook));
    return { view: { ...(await this.#view(webhook)), secret }, isRepetition };
  }

  async list(caller: PersonCaller): Promise<WebhookList> {
    const { db, clock } = this.#deps.desk;
    const scope = scopeOf(caller);
    const own = scope.kind === "network" ? sql`true` : sql`webhook.hospital_id = ${scope.hospitalId}`;
    const webhooks: WebhookView[] = [];
    for (const webhook of await selectWebhooks(db, own)) webhooks.push(await this.#view(webhook));
    return { webhooks, serverTime: rfc3339(await clock.nowMs(db)) };
  }

  async view(caller: PersonCaller, webhookId: string): Promise<WebhookView> {
    return await this.#view(await this.#seen(caller, webhookId));
  }

  async remove(caller: PersonCaller, webhookId: string): Promise<void> {
    await this.#seen(caller, webhookId);
    await this.#deps.desk.db.deleteFrom("webhooks").where("webhookId", "=", webhookId).execute();
  }

  async pause(caller: PersonCaller, webhookId: string): Promise<WebhookView> {
    return await this.#change(caller, webhookId, { paused: true });
  }

  /** At once, however long it was to wait. */
  async resume(caller: PersonCaller, webhookId: string): Promise<WebhookView> {
    return await this.#change(caller, webhookId, { paused: false });
  }

  /** From that position on, itself included; a paused one waits until it is resumed. */
  async replay(caller: PersonCaller, webhookId: string, fromPosition: number): Promise<WebhookView> {
    const newest = await newestPosition(this.#deps.desk.db);
    const throughPosition = Math.max(0, Math.min(fromPosition - 1, newest));
    return await this.#change(caller, webhookId, { throughPosition });
  }

  async openSecret({ webhookId, keyId, wrappedKey, sealedSecret }: StoredWebhook): Promise<Uint8Array> {
    const dataKey = await this.#deps.keys.unwrap({ keyId, wrapped: wrappedKey });
    return unseal(sealedSecret, dataKey, placeOf(webhookId));
  }

  /** Events that receivers have not heard, of all that are not paused. */
  async behind(): Promise<number> {
    const { db } = this.#deps.desk;
    let behind = 0;
    for (const webhook of await selectWebhooks(db, sql`NOT webhook.paused`))
      behind += await behindOf(db, webhook);
    return behind;
  }

  async #insert(
    { trx, nowMs }: DeskStep,
    { url, topics, description }: WebhookBody,
    hospitalId: HospitalId | null,
  ): Promise<{ webhookId: string }> {
    const { randomness, keys } = this.#deps;
    const { rows } = await sql<{ count: number }>`SELECT count(*)::int AS count FROM webhooks`.execute(trx);
    if ((rows[0]?.count ?? 0) >= WEBHOOKS_MAX)
      throw new CloudError("WEBHOOKS_TOO_MANY", `There are ${WEBHOOKS_MAX} webhooks already.`);
    const webhookId = uuidOf(randomness.bytes(16));
    const dataKey = randomness.bytes(KEY_BYTES);
    const { keyId, wrapped } = await keys.wrap(dataKey);
    await trx
      .insertInto("webhooks")
      .values({
        webhookId,
        url,
        hospitalId,
        topics: JSON.stringify([...new Set(topics)]),
        description,
        keyId,
        wrappedKey: wrapped,
        sealedSecret: seal(randomness.bytes(SECRET_BYTES), dataKey, placeOf(webhookId), randomness),
        throughPosition: await newestPosition(trx),
        paused: false,
        attempts: 0,
        nextAttemptAtMs: null,
        lastAnswer: null,
        holder: null,
        heldUntilMs: null,
        createdAtMs: nowMs,
        version: 1,
      })
      .execute();
    return { webhookId };
  }

  /** Whoever tells it at this moment notices by the version, and stops. */
  async #change(
    caller: PersonCaller,
    webhookId: string,
    change: { readonly paused?: boolean; readonly throughPosition?: number },
  ): Promise<WebhookView> {
    await this.#seen(caller, webhookId);
    await this.#deps.desk.db
      .updateTable("webhooks")
      .set({ ...change, attempts: 0, nextAttemptAtMs: null, version: sql`version + 1` })
      .where("webhookId", "=", webhookId)
      .execute();
    return await this.view(caller, webhookId);
  }

  async #seen(caller: PersonCaller, webhookId: string): Promise<StoredWebhook> {
    const { db } = this.#deps.desk;
    const [webhook] = await selectWebhooks(db, sql`webhook.webhook_id = ${webhookId}`);
    const scope = scopeOf(caller);
    const isSeen =
      webhook !== undefined &&
      (webhook.hospitalId === null ? scope.kind === "network" : sees(scope, webhook.hospitalId));
    if (!isSeen)
      throw new CloudError("WEBHOOK_NOT_FOUND", "There is no such webhook among those you may see.");
    return webhook;
  }

  /** Null: it may be told. Asked again at each connection; here it tells who registers it. */
  async #whyUnreachable(url: URL): Promise<string | null> {
    if (url.username !== "" || url.password !== "")
      return "The address holds credentials; the signature is the proof.";
    if (this.#deps.allowPrivate) return null;
    const host = hostOf(url);
    const addresses = isIP(host) === 0 ? await resolved(host) : [host];
    if (addresses.length === 0) return `The name ${host} has no address.`;
    return addresses.some(isRefusedAddress) ? `${host} is no address of the internet.` : null;
  }

  async #view(webhook: StoredWebhook): Promise<WebhookView> {
    const { lastAnswer, paused, attempts } = webhook;
    return {
      webhookId: webhook.webhookId,
      url: webhook.url,
      hospitalId: webhook.hospitalId,
      topics: webhook.topics,
      description: webhook.description,
      state: paused ? "paused" : attempts > 0 ? "waiting" : "delivering",
      behind: await behindOf(this.#deps.desk.db, webhook),
      attempts,
      nextAttemptAt: rfc3339OrNull(webhook.nextAttemptAtMs),
      lastAnswer:
        lastAnswer === null
          ? null
          : { at: rfc3339(lastAnswer.atMs), status: lastAnswer.status, error: lastAnswer.error },
      createdAt: rfc3339(webhook.createdAtMs),
      version: webhook.version,
    };
  }
}

const hospitalNotFound = () =>
  new CloudError("HOSPITAL_NOT_FOUND", "There is no such hospital among those you may name.");
const placeOf = (webhookId: string) => ["webhook-secret", webhookId];

/** A hospital's people register for their own; null: all. */
function hospitalOf(caller: PersonCaller, { hospital }: WebhookBody): HospitalId | null {
  const scope = scopeOf(caller);
  if (scope.kind === "network") return hospital ?? null;
  if (hospital !== undefined && hospital !== scope.hospitalId) throw hospitalNotFound();
  return scope.hospitalId;
}

async function requireHospital({ trx }: DeskStep, hospitalId: HospitalId | null): Promise<void> {
  if (hospitalId === null) return;
  const known = await trx
    .selectFrom("hospitals")
    .select("hospitalId")
    .where("hospitalId", "=", hospitalId)
    .executeTakeFirst();
  if (known === undefined) throw hospitalNotFound();
}

async function resolved(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}
