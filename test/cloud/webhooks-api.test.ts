import { expect, test } from "vitest";
import { type Person, person } from "./booking-desk.ts";
import { describeOnEachDatabase } from "./support.ts";

/** Of the internet, and never connected to here. */
const PUBLIC_URL = "https://8.8.8.8/beds";

describeOnEachDatabase("webhooks over HTTP", (cloud) => {
  let keys = 0;
  const freshKey = () => {
    keys += 1;
    return `api-${keys}`;
  };
  const register = async (by: Person, fields: object = {}, key = freshKey()) =>
    await by.send(
      "POST",
      "webhooks",
      { url: PUBLIC_URL, topics: ["bookings"], ...fields },
      {
        "idempotency-key": key,
      },
    );

  test("shows the secret once, also to who asks twice, and is paused, resumed, played back and removed", async () => {
    const admin = await person(cloud(), "super-admin");
    const first = await register(admin, {}, "same");
    expect(first).toMatchObject({ status: 201, body: { state: "delivering", behind: 0, hospitalId: null } });
    expect(first.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const again = await register(admin, {}, "same");
    expect(again.body).toEqual(first.body);
    const url = `webhooks/${first.body.webhookId}`;
    const listed = (await admin.send("GET", "webhooks")).body.webhooks as Record<string, unknown>[];
    expect(listed).toHaveLength(1);
    expect(JSON.stringify(listed)).not.toContain("whsec_");
    expect((await admin.send("POST", `${url}/pause`)).body).toMatchObject({ state: "paused", version: 2 });
    expect((await admin.send("POST", `${url}/replay`, { fromPosition: 0 })).body).toMatchObject({
      state: "paused",
    });
    expect((await admin.send("POST", `${url}/resume`)).body).toMatchObject({
      state: "delivering",
      version: 4,
    });
    expect((await admin.send("DELETE", url)).status).toBe(204);
    expect((await admin.send("DELETE", url)).body.code).toBe("WEBHOOK_NOT_FOUND");
  });

  test("a hospital's administrators register for their own, and see no other's", async () => {
    const north = await person(cloud(), "hospital-admin", "north");
    const south = await person(cloud(), "hospital-admin", "south");
    const own = await register(north);
    expect(own.body.hospitalId).toBe("north");
    expect((await register(north, { hospital: "south" })).body.code).toBe("HOSPITAL_NOT_FOUND");
    expect((await south.send("GET", "webhooks")).body.webhooks).toEqual([]);
    for (const path of ["pause", "resume"])
      expect((await south.send("POST", `webhooks/${own.body.webhookId}/${path}`)).body.code).toBe(
        "WEBHOOK_NOT_FOUND",
      );
    const everything = await register(await person(cloud(), "super-admin"));
    expect((await north.send("DELETE", `webhooks/${everything.body.webhookId}`)).status).toBe(404);
    for (const role of ["nurse", "doctor", "emergency-coordinator", "patient"] as const)
      expect((await register(await person(cloud(), role))).status).toBe(403);
  });

  test("refuses addresses of the service's own network, credentials, and what is no address", async () => {
    const admin = await person(cloud(), "super-admin");
    for (const url of [
      "http://127.0.0.1/",
      "http://localhost:8080/",
      "http://[::1]/",
      "http://[::ffff:10.0.0.1]/",
      "http://169.254.169.254/latest",
      "http://2130706433/",
      "http://0/",
      "https://user:word@8.8.8.8/",
    ])
      expect((await register(admin, { url })).body.code, url).toBe("WEBHOOK_ADDRESS_REFUSED");
    for (const url of ["ftp://8.8.8.8/", "nonsense"])
      expect((await register(admin, { url })).body.code, url).toBe("VALIDATION");
    expect((await register(admin, { topics: ["vitals"] })).body.code).toBe("VALIDATION");
    expect((await register(admin, { hospital: "west" })).body.code).toBe("HOSPITAL_NOT_FOUND");
    expect((await admin.send("POST", "webhooks", { url: PUBLIC_URL, topics: ["bookings"] })).status).toBe(
      400,
    );
  });
});
