import { expect, test } from "vitest";
import { LINK_VALID_MS, SESSION_VALID_MS, SignIn } from "../../../gateway/console/sign-in.ts";

function openSignIn() {
  let nowMs = 0;
  const signIn = new SignIn(() => nowMs);
  return { signIn, passMs: (ms: number) => (nowMs += ms) };
}

test("a link works once", () => {
  const { signIn } = openSignIn();
  const token = signIn.newLinkToken();
  expect(signIn.isSignedIn(signIn.redeem(token) ?? "")).toBe(true);
  expect(signIn.redeem(token)).toBeNull();
});

test("a link works for a quarter of an hour, a session for twelve", () => {
  const { signIn, passMs } = openSignIn();
  const [early, late] = [signIn.newLinkToken(), signIn.newLinkToken()];
  passMs(LINK_VALID_MS);
  const session = signIn.redeem(early) ?? "";
  passMs(1);
  expect(signIn.redeem(late)).toBeNull();
  passMs(SESSION_VALID_MS - 1);
  expect(signIn.isSignedIn(session)).toBe(true);
  passMs(1);
  expect(signIn.isSignedIn(session)).toBe(false);
});

test("nobody comes in by a guess, by a link's token alone, or after signing out", () => {
  const { signIn } = openSignIn();
  const token = signIn.newLinkToken();
  expect([undefined, "", token, "guess"].map((session) => signIn.isSignedIn(session))).toEqual(
    Array(4).fill(false),
  );
  expect(signIn.redeem("guess")).toBeNull();
  const session = signIn.redeem(token) ?? "";
  signIn.signOut(session);
  expect(signIn.isSignedIn(session)).toBe(false);
});

test("the oldest of many open links gives way", () => {
  const { signIn } = openSignIn();
  const tokens = Array.from({ length: 65 }, () => signIn.newLinkToken());
  expect([signIn.redeem(tokens[0] ?? ""), signIn.redeem(tokens[1] ?? "")]).toEqual([
    null,
    expect.any(String),
  ]);
});
