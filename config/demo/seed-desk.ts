/**
 * What the demo's hospitals say of themselves, through the same addresses as anybody's administration: classes and
 * features of their beds, where they stand and how they book. What somebody has said already is left as it is.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A made-up town; the two stand 11 km apart. */
const POLICIES: Readonly<Record<string, object>> = {
  north: { latitude: 51.55, longitude: -0.12, autoAccept: true },
  south: { latitude: 51.45, longitude: -0.12, autoAccept: false },
};
/** Beds are known once their gateway has sent them. */
const LOOK_EVERY_MS = 500;
const LOOKS_MAX = 120;

type BedProfiles = { readonly beds: readonly { readonly version: number }[] };
type Policy = { readonly policy: object; readonly version: number };

export type DeskSeed = {
  readonly hospital: string;
  /** Of this hospital in the ward file. */
  readonly bedCount: number;
  /** A sign-in link of its administrator. */
  readonly link: string;
};

/** Settles when the hospital has said both; false: its beds did not come in time. */
export async function seedDesk({ hospital, bedCount, link }: DeskSeed): Promise<boolean> {
  const call = await signedIn(link);
  const policy = await call<Policy>("GET", `/api/v1/hospitals/${hospital}/policy`);
  if (policy.version === 0)
    await call(
      "PUT",
      `/api/v1/hospitals/${hospital}/policy`,
      { ...policy.policy, ...POLICIES[hospital] },
      { "if-match": '"0"' },
    );
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const { beds } = await call<BedProfiles>("GET", `/api/v1/bed-profiles?hospital=${hospital}`);
    if (beds.some(({ version }) => version > 0)) return true;
    if (beds.length >= bedCount) {
      const csv = readFileSync(join(import.meta.dirname, `beds-${hospital}.csv`), "utf8");
      await call("POST", "/api/v1/bed-profiles/import", { hospital, csv, dryRun: false });
      return true;
    }
    await sleep(LOOK_EVERY_MS);
  }
  return false;
}

type Call = <Answer>(method: string, path: string, body?: object, headers?: object) => Promise<Answer>;

async function signedIn(link: string): Promise<Call> {
  const { origin, searchParams } = new URL(link);
  const token = searchParams.get("token") ?? "";
  const entered = await fetch(`${origin}/sign-in`, {
    method: "POST",
    body: new URLSearchParams({ token }),
    headers: { origin },
    redirect: "manual",
  });
  const cookie = entered.headers.getSetCookie()[0]?.split(";")[0];
  if (cookie === undefined) throw new Error(`signing in was answered with ${entered.status}`);
  return async (method, path, body, headers = {}) => {
    const reply = await fetch(`${origin}${path}`, {
      method,
      headers: {
        cookie,
        origin,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!reply.ok)
      throw new Error(`${method} ${path} was answered with ${reply.status}: ${await reply.text()}`);
    return (await reply.json()) as never;
  };
}
