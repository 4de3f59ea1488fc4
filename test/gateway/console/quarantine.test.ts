import { describe, expect, onTestFinished, test } from "vitest";
import { Problem } from "../../../contracts/wire/board.ts";
import { QuarantineList } from "../../../contracts/wire/gateway-status.ts";
import { startConsole } from "../../../gateway/console/console.ts";
import { QUARANTINE_SHOWN_MAX } from "../../../gateway/console/quarantine.ts";
import { createMetrics } from "../../../gateway/health/metrics.ts";
import { QUARANTINE_ROWS_MAX } from "../../../gateway/journal/journal-port.ts";
import { QUARANTINE_RAW_BYTES_MAX } from "../../../gateway/journal/quarantine-ring.ts";
import { pack } from "../../support/messages.ts";
import { at } from "../../support/moments.ts";
import { openConsole } from "../../support/open-console.ts";
import { BED_DEVICE } from "../../support/wards.ts";

describe("what could not be read", () => {
  const PACK = '[{"bn":"Jane Doe\\u202e","n":"mood","v":"<b>blue</b>"}]';

  /** The console on a port of its own, spoken to as a browser does. */
  async function listening() {
    const opened = await openConsole();
    const console = await startConsole(opened.parts, "127.0.0.1", 0);
    onTestFinished(() => console.close());
    const url = `http://127.0.0.1:${console.port}`;
    const body = new URLSearchParams({ token: opened.signIn.newLinkToken() });
    const answer = await fetch(`${url}/sign-in`, { method: "POST", body, redirect: "manual" });
    const cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    return {
      ...opened,
      url,
      ask: (headers: Record<string, string>) => fetch(`${url}/api/v1/quarantine`, { headers }),
      cookie,
    };
  }

  test("is for who is signed in, byte for byte, newest first, and kept by no cache", async () => {
    const { north, ask, cookie } = await listening();
    north.hears(pack(at(1), PACK));
    const answer = await ask({ cookie });
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const list = QuarantineList.parse(await answer.json());
    expect([list.kept, list.keptMax, list.entries.length]).toEqual([2, QUARANTINE_ROWS_MAX, 2]);
    const [newest] = list.entries;
    expect(newest).toMatchObject({ deviceId: BED_DEVICE, id: 2, bytes: PACK.length });
    expect(newest?.receivedAt).toBe(new Date(at(1).atMs).toISOString());
    expect(Buffer.from(newest?.raw ?? "", "base64").toString()).toBe(PACK);
  });

  test.each([{}, { cookie: "hospitell-console=guess" }])("is not for anybody else (%o)", async (headers) => {
    const { north, ask } = await listening();
    north.hears(pack(at(1), PACK));
    const answer = await ask(headers as Record<string, string>);
    const text = await answer.text();
    expect(answer.status).toBe(401);
    expect(Problem.parse(JSON.parse(text)).code).toBe("SIGNED_OUT");
    expect(text).not.toContain("raw");
  });

  test("ends with the session", async () => {
    const { url, ask, cookie } = await listening();
    expect((await ask({ cookie })).status).toBe(200);
    await fetch(`${url}/api/v1/session`, { method: "DELETE", headers: { cookie } });
    expect((await ask({ cookie })).status).toBe(401);
  });

  test("is answered in a bounded number of its newest, however much is kept", async () => {
    const { north, ask, cookie } = await listening();
    for (let round = 0; round < 3; round++)
      north.hears(...Array.from({ length: 400 }, () => pack(at(1), PACK.repeat(200))));
    const answer = await ask({ cookie });
    const text = await answer.text();
    const list = QuarantineList.parse(JSON.parse(text));
    expect([list.entries.length, list.kept, list.entries[0]?.id]).toEqual([
      QUARANTINE_SHOWN_MAX,
      QUARANTINE_ROWS_MAX,
      1_201,
    ]);
    expect(list.entries[0]?.bytes).toBe(PACK.length * 200);
    expect(Buffer.from(list.entries[0]?.raw ?? "", "base64").byteLength).toBe(QUARANTINE_RAW_BYTES_MAX);
    expect(text.length).toBeLessThan(600 * 1024);
  });

  test("stands in no metric and not in the status", async () => {
    const { north, status } = await openConsole();
    north.hears(pack(at(1), '{"patient":"Jane Doe"}'), pack(at(1), "Jane Doe"));
    expect(status().journal.quarantinedEver).toBe(3);
    expect(JSON.stringify(status())).not.toContain("Jane Doe");
    expect(await createMetrics(status).text()).not.toContain("Jane Doe");
  });
});
