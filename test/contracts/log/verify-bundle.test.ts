import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bundle, encodeBundle } from "../../../contracts/log/bundle.ts";
import { toBase64, utf8 } from "../../../contracts/log/bytes.ts";
import { cosign } from "../../../contracts/log/note.ts";
import { type Policy, parsePolicy } from "../../../contracts/log/policy.ts";
import { REFUSALS } from "../../../contracts/log/refusals.ts";
import { bundleCache, verifyBundle } from "../../../contracts/log/verify-bundle.ts";
import { linesOf, verdictLine } from "../../../contracts/verifier/verdict-lines.ts";
import { FORGERIES } from "../../prove/forge/forgeries.ts";
import {
  bodyOf,
  caseAt,
  forgeryWorlds,
  noteText,
  resigned,
  signaturesOf,
  withSignatures,
} from "../../prove/forge/forgery.ts";
import { MUTATIONS } from "../../prove/forge/mutate.ts";
import { seeded } from "../../prove/salvage/seeded.ts";
import { carOf } from "../../support/car-of.ts";
import { keyJson } from "../../support/evidence-world.ts";

const WORLDS = forgeryWorlds(3);
const WORLD = WORLDS.honest;
const POLICY = policyOf();

function policyOf(change: Partial<typeof WORLD.policy> = {}): Policy {
  const parsed = parsePolicy({ ...WORLD.policy, ...change });
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.policy;
}

/** What is said of the bundle after an edit. */
function verdictOn(edit: (copy: Bundle) => void, policy = POLICY): string {
  const copy = WORLD.bundleAt(13);
  edit(copy);
  return verdictLine(verifyBundle(encodeBundle(copy), policy));
}

describe("a good bundle", () => {
  it("says what the bed said, who logged it when, who saw it, and in which block", () => {
    const verdict = verifyBundle(encodeBundle(WORLD.bundle({ round: 5, gateway: 3, leaf: 4 })), POLICY);
    expect(verdict).toMatchObject({
      ok: true,
      statement: {
        gateway: { gatewayId: "west", size: 30, signedAtMs: 1_764_000_300_500 },
        leaf: {
          kind: "bed-event",
          lane: "beds",
          firstSeq: 5,
          index: 4,
          payload: { kind: "occupancy-changed" },
        },
        network: { origin: WORLD.network.name, signedAtMs: 1_764_000_300_900 },
        witnesses: [
          { name: "hospitell/gateway/east", atMs: 1_764_000_302_000 },
          { name: "hospitell/gateway/north", atMs: 1_764_000_302_000 },
        ],
        anchor: { blockNumber: 1_006, blockHash: expect.stringMatching(/^0x[0-9a-f]{64}$/) },
      },
    });
  });

  it("is accepted from every round and gateway, as JSON and as CAR, with a cache and without", () => {
    const cache = bundleCache();
    for (let count = 0; count < 60; count += 1) {
      const bytes = encodeBundle(WORLD.bundleAt(count));
      const verdict = verifyBundle(bytes, POLICY, cache);
      expect(verdictLine(verdict)).toBe("ACCEPTED");
      expect(verifyBundle(carOf(bytes), POLICY)).toEqual(verdict);
    }
  });

  it("may withhold what was said, and then shows that something was", () => {
    const copy = WORLD.bundleAt(13);
    copy.leaf.opening = null;
    const verdict = verifyBundle(encodeBundle(copy), POLICY);
    expect(verdict).toMatchObject({ ok: true, statement: { leaf: { payload: null } } });
    expect(linesOf(verdict, "a.json").join("\n")).toContain("withheld or erased");
  });

  it("needs no anchor and no witness where the policy asks for none", () => {
    const withoutAnchor = (copy: Bundle) => Object.assign(copy, { anchor: null });
    expect(verdictOn(withoutAnchor, policyOf({ anchorRequired: false }))).toBe("ACCEPTED");
    expect(verdictOn(() => {}, policyOf({ witnesses: [], witnessesMin: 0 }))).toBe("ACCEPTED");
  });

  it("does not bring an anchor that the policy does not know, even where none is asked for", () => {
    expect(verdictOn(() => {}, policyOf({ anchorRequired: false, anchors: [] }))).toBe(
      "REFUSED anchor-untrusted",
    );
  });
});

describe("witnesses", () => {
  const withLines = (edit: (lines: string[], body: string) => string[]) => (copy: Bundle) => {
    const text = noteText(copy.network.checkpoint);
    copy.network.checkpoint = toBase64(utf8(withSignatures(text, edit(signaturesOf(text), bodyOf(text)))));
  };

  it("count by name, so that one with two keys is one", () => {
    const [oldKey, newKey] = [WORLD.keyOf(0, 0), WORLD.keyOf(0, 7)];
    const line = (body: string, key: typeof oldKey) => cosign(body, 1_764_000_000_000, key).trimEnd();
    const edit = withLines(([own = ""], body) => [own, line(body, oldKey), line(body, newKey)]);
    expect(verdictOn(edit)).toBe("REFUSED too-few-witnesses");
    expect(verdictOn(edit, policyOf({ witnessesMin: 1 }))).toBe("ACCEPTED");
  });

  it("count by key, so that one under two names is one", () => {
    const key = WORLD.keyOf(2, 0);
    const names = ["hospitell/gateway/one", "hospitell/gateway/two"].map((name) => ({ ...key, name }));
    const witnesses = names.map(keyJson);
    const edit = withLines(([own = ""], body) => [
      own,
      ...names.map((name) => cosign(body, 1_764_000_000_000, name).trimEnd()),
    ]);
    expect(verdictOn(edit, policyOf({ witnesses, witnessesMin: 1 }))).toBe("ACCEPTED");
    expect(verdictOn(edit, policyOf({ witnesses, witnessesMin: 2 }))).toBe("REFUSED too-few-witnesses");
  });

  it("may stand among lines of others, which are passed over", () => {
    expect(verdictOn(withLines((lines) => [...lines, "— somebody/else AAAAAAAA"]))).toBe("ACCEPTED");
  });
});

describe("a gateway's keys", () => {
  it("are one enough in force, where an old one signed too", () => {
    const copy = WORLD.bundle({ round: 5, gateway: 0, leaf: 3 });
    const text = noteText(copy.gateway.checkpoint);
    const byOldKey = signaturesOf(resigned(text, WORLD.keyOf(0, 0)));
    copy.gateway.checkpoint = toBase64(utf8(withSignatures(text, [...byOldKey, ...signaturesOf(text)])));
    expect(verdictLine(verifyBundle(encodeBundle(copy), POLICY))).toBe("ACCEPTED");
    copy.gateway.checkpoint = toBase64(utf8(withSignatures(text, byOldKey)));
    expect(verdictLine(verifyBundle(encodeBundle(copy), POLICY))).toBe("REFUSED gateway-key-revoked");
  });
});

describe("a bundle that was changed", () => {
  it.each(Object.entries(FORGERIES))("is refused: %s", (_, { make, reason }) => {
    for (const count of [0, 4, 13, 37])
      expect(verdictLine(verifyBundle(make(caseAt(WORLDS, count)), POLICY))).toBe(`REFUSED ${reason}`);
  });

  it("is refused for every reason that there is", () => {
    const reached = new Set(Object.values(FORGERIES).map(({ reason }) => reason));
    expect([...reached].toSorted()).toEqual(Object.keys(REFUSALS).toSorted());
  });

  it("is refused for the same reason with a cache that has seen good ones and bad ones", () => {
    const cache = bundleCache();
    for (const count of [0, 4, 13])
      for (const { make, reason } of Object.values(FORGERIES)) {
        expect(verifyBundle(make(caseAt(WORLDS, count)), POLICY, cache)).toEqual({ ok: false, reason });
        expect(verifyBundle(encodeBundle(WORLD.bundleAt(count)), POLICY, cache).ok).toBe(true);
      }
  });

  it("is judged without a throw, whatever was changed", () => {
    const others = [WORLD.bundleAt(1), WORLDS.forked.bundleAt(2)];
    const kinds = fc.constantFrom(...Object.values(MUTATIONS));
    fc.assert(
      fc.property(kinds, fc.integer(), (mutate, seed) => {
        const bytes = mutate(WORLD.bundleAt(seed & 63), others, seeded(seed));
        expect(verdictLine(verifyBundle(bytes, POLICY))).toMatch(/^(ACCEPTED|REFUSED [a-z-]+)$/);
      }),
      { numRuns: 300 },
    );
  });

  it("is none where the bytes are none", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(verifyBundle(bytes, POLICY).ok).toBe(false);
      }),
    );
  });
});

describe("a policy", () => {
  it("is read with a contract's address in any case", () => {
    const anchors = [{ chainId: 31_337, contract: `0x${"aB".repeat(20)}` }];
    expect(policyOf({ anchors }).anchors[0]?.contract).toBe(`0x${"ab".repeat(20)}`);
  });

  it.each([
    ["a field lost", { ...WORLD.policy, witnessesMin: undefined }, "witnessesMin"],
    ["a field that is not understood", { ...WORLD.policy, trustAll: true }, "trustAll"],
    [
      "a key that is none",
      { ...WORLD.policy, network: { name: "hospitell/network/1", publicKey: "AAAA" } },
      "32 bytes",
    ],
    ["nothing", null, "expected object"],
  ])("is none with %s, and says so", (_, json, words) => {
    const parsed = parsePolicy(json);
    expect(parsed.ok ? "" : parsed.problem).toContain(words);
  });
});
