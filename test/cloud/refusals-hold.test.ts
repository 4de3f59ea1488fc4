/**
 * A refusal that was told holds: of each route that takes an Idempotency-Key, a try that was held up until its repetition
 * was refused does nothing behind it, also where it would be granted by now.
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemRandomness } from "../../cloud/clock.ts";
import { openKeyFile } from "../../cloud/encounters/key-file.ts";
import { Webhooks } from "../../cloud/webhooks/webhooks.ts";
import type { Answer } from "./booking-desk.ts";
import { allRows } from "./document-ward.ts";
import { key, moveTo, REFUSED_CASES } from "./refusals-hold-cases.ts";
import { describeOnEachDatabase } from "./support.ts";
import { TransferDesk } from "./transfer-desk.ts";

/** Without what names the one answer. */
const said = ({ status, body: { instance: _, ...body } }: Answer) => ({ status, body });

describeOnEachDatabase("a refusal that was told", (cloud) => {
  test.each(REFUSED_CASES)("holds at $route: $code", async ({ code, wish }) => {
    const people = await TransferDesk.open(cloud());
    const { by, path, body, headers, change } = await wish(people, cloud());
    const ask = (under: string) => by.send("POST", path, body, { ...headers, ...key(under) });
    const refused = await ask("wish");
    expect(refused.body).toMatchObject({ code });
    await change();
    const before = await allRows(cloud());
    expect(said(await ask("wish"))).toEqual(said(refused));
    expect(await allRows(cloud())).toBe(before);
    expect(said(await ask("another"))).toMatchObject({ status: 201 });
  });

  test("is looked for at every route that takes a key", async () => {
    const { body } = await cloud().get("/api/openapi.json", await cloud().signIn("nurse"));
    const { paths } = body as OpenApi;
    const taking = Object.entries(paths).filter(([, { post }]) =>
      post?.parameters?.some(({ name, required }) => name === "idempotency-key" && required === true),
    );
    expect(REFUSED_CASES.map(({ route }) => route).toSorted()).toEqual(
      taking.map(([path]) => path).toSorted(),
    );
  });

  test("holds for a webhook whose address is found only later", async () => {
    const { db, bookings, directory } = cloud();
    const keys = openKeyFile(join(directory, "other.key"), systemRandomness);
    const webhooksAt = (allowPrivate: boolean) =>
      new Webhooks({
        desk: { db, clock: bookings.ports.deskClock, deskChanged: () => undefined },
        keys,
        randomness: systemRandomness,
        allowPrivate,
      });
    const caller = { kind: "person", role: "super-admin", hospitalId: null, sessionSha256: "one" } as const;
    const body = { url: "http://127.0.0.1/", topics: ["bookings" as const], description: "" };
    const refusal = { code: "WEBHOOK_ADDRESS_REFUSED" };
    await expect(webhooksAt(false).register(caller, body, "wish")).rejects.toMatchObject(refusal);
    await expect(webhooksAt(true).register(caller, body, "wish")).rejects.toMatchObject(refusal);
    expect((await webhooksAt(true).register(caller, body, "another")).isRepetition).toBe(false);
  });

  test("is not told of a document that was stored, wherever its patient is by now", async () => {
    const people = await TransferDesk.open(cloud());
    const patient = await people.admitted();
    const path = `encounters/${patient.encounterId}/documents?name=note.txt`;
    const headers = { "content-type": "text/plain", ...key("wish") };
    const store = () => people.north.send("POST", path, Buffer.from("Yes."), headers);
    const stored = await store();
    expect(stored.status).toBe(201);
    await moveTo(cloud(), patient, "south");
    expect(await store()).toMatchObject({ status: 200, body: { documentId: stored.body.documentId } });
  });
});

type OpenApi = {
  readonly paths: Readonly<
    Record<
      string,
      { readonly post?: { readonly parameters?: readonly { name: string; required?: boolean }[] } }
    >
  >;
};
