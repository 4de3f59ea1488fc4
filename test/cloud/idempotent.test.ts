import { expect, test } from "vitest";
import type { PersonCaller } from "../../cloud/access/scope.ts";
import { forgetKeys, once } from "../../cloud/desk/idempotent.ts";
import { CloudError } from "../../cloud/http/problem.ts";
import { START_MS } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const caller: PersonCaller = {
  kind: "person",
  role: "emergency-coordinator",
  hospitalId: null,
  sessionSha256: "a session",
};
const wish = { caller, key: "one", route: "POST /a", request: { bed: 1 } };
const DAY_MS = 24 * 3_600_000;

describeOnEachDatabase("what is asked for under a key", (cloud) => {
  const desk = () => ({ db: cloud().db, clock: { nowMs: async () => START_MS }, deskChanged() {} });
  const ask = async (wanted: typeof wish, answer: object) => await once(desk(), wanted, async () => answer);

  test("is done once, and the repetition has the first one's answer", async () => {
    expect(await ask(wish, { n: 1 })).toEqual({ answer: { n: 1 }, isRepetition: false });
    expect(await ask(wish, { n: 2 })).toEqual({ answer: { n: 1 }, isRepetition: true });
  });

  test("at the same moment, too", async () => {
    const both = await Promise.all([ask(wish, { n: 1 }), ask(wish, { n: 1 })]);
    expect(both.map(({ isRepetition }) => isRepetition).sort()).toEqual([false, true]);
  });

  test("is refused for something else, and is another's business under another session", async () => {
    await ask(wish, { n: 1 });
    await expect(ask({ ...wish, request: { bed: 2 } }, { n: 2 })).rejects.toMatchObject({
      code: "IDEMPOTENCY_KEY_REUSED",
    });
    const other = { ...wish, caller: { ...caller, sessionSha256: "another" } };
    expect(await ask(other, { n: 3 })).toMatchObject({ isRepetition: false });
  });

  test("is forgotten after a day", async () => {
    await ask(wish, { n: 1 });
    await forgetKeys(cloud().db, START_MS + DAY_MS);
    expect(await ask(wish, { n: 2 })).toMatchObject({ isRepetition: true });
    await forgetKeys(cloud().db, START_MS + DAY_MS + 1);
    expect(await ask(wish, { n: 2 })).toMatchObject({ isRepetition: false });
  });

  const taken = new CloudError("BED_TAKEN", "Somebody was faster.", { nextBest: null });
  const asIs = (error: unknown) => error;
  const tried = async (act: () => Promise<object>, answerTo = asIs) =>
    await once(desk(), wish, act, answerTo).catch((error: unknown) => error);
  const refuse = async (): Promise<object> => {
    throw taken;
  };

  test("stays refused, with the same words, however late another try of it comes", async () => {
    expect(await tried(refuse)).toBe(taken);
    const late = await tried(async () => ({ n: 1 }));
    expect(late).toMatchObject({ code: "BED_TAKEN", message: taken.message, extension: { nextBest: null } });
  });

  test("is granted where the first try, held up, comes before the refusal is told", async () => {
    const heldUp = await tried(refuse, async (error) => {
      expect(await tried(async () => ({ n: 1 }))).toEqual({ answer: { n: 1 }, isRepetition: false });
      return error;
    });
    expect(heldUp).toEqual({ answer: { n: 1 }, isRepetition: true });
  });

  test("may be tried again where it was refused for now, or failed", async () => {
    for (const error of [new CloudError("SYNC_BUSY", "Later."), new Error("no database")]) {
      expect(
        await tried(async () => {
          throw error;
        }),
      ).toBe(error);
    }
    expect(await tried(async () => ({ n: 1 }))).toEqual({ answer: { n: 1 }, isRepetition: false });
  });

  test("is refused as somebody else's key before what it asks for is looked at", async () => {
    await ask({ ...wish, request: { bed: 2 } }, { n: 2 });
    expect(await tried(refuse)).toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
  });
});
