/**
 * No forged bundle passes: two verifiers that share nothing but docs/evidence.md accept the good ones and refuse every
 * changed one for the same reason; the trees are held against brute force, published vectors and the contract. The
 * control skips one check, and the forgery that only this one stands against must be seen to pass.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployAnchor } from "../../../cloud/anchor/deploy.ts";
import { encodeBundle } from "../../../contracts/log/bundle.ts";
import { type Policy, parsePolicy } from "../../../contracts/log/policy.ts";
import { REFUSALS } from "../../../contracts/log/refusals.ts";
import {
  bundleCache,
  type Statement,
  type Verdict,
  verifyBundle,
} from "../../../contracts/log/verify-bundle.ts";
import { verdictLine } from "../../../contracts/verifier/verdict-lines.ts";
import { ANVIL_RICH_KEY, Anvil, hasAnvil } from "../../support/anvil.ts";
import { carOf } from "../../support/car-of.ts";
import { evidenceWorld, type PolicyJson } from "../../support/evidence-world.ts";
import type { Claim, ProveOptions } from "../claim.ts";
import { seeded } from "../salvage/seeded.ts";
import { carelessVerifier } from "./careless-verifier.ts";
import { contractAgrees } from "./contract-agrees.ts";
import { ctVectorMisses, everyTree } from "./every-tree.ts";
import { OTHER_HISTORY } from "./forge-anchor.ts";
import { CHANGED_BUNDLES, digestOf, type Forged, forgedBundles } from "./forged.ts";
import { caseAt, forgeryWorlds, type Worlds } from "./forgery.ts";
import { findingOf } from "./judge.ts";
import { bundlesOnChain } from "./real-anchors.ts";
import { ask } from "./verifiers.ts";

const SEED = 20_261;
const FULL = { good: 2_000, forged: 20_000, proofs: 500, timed: 10_000, rounds: 40, leavesPerRound: 90 };
const SHORT = { good: 100, forged: 500, proofs: 20, timed: 0, rounds: 8, leavesPerRound: 5 };
const TREE_SIZE_MAX = 128;
const MISSES_SHOWN = 10;

export const proveForge: Claim = async (options) => {
  const directory = mkdtempSync(join(tmpdir(), "hospitell-forge-"));
  try {
    const worlds = forgeryWorlds(SEED);
    const forgery = await forgeryShown(worlds, options, directory);
    const good = await goodShown(options, directory);
    const chain = await chainShown(options, directory);
    const trees = everyTree(TREE_SIZE_MAX);
    const control = await controlled(worlds);
    const misses = [forgery, good, chain, trees, control].flatMap((shown) =>
      shown.misses.slice(0, MISSES_SHOWN),
    );
    return {
      figures: {
        seed: SEED,
        ...good.figures,
        ...forgery.figures,
        trees: { sizeMax: TREE_SIZE_MAX, ...trees.figures },
        ...chain.figures,
        control: control.figures,
      },
      misses: [...misses, ...ctVectorMisses()],
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

/** Forged ones, until so many were refused: each for one reason, by both. */
async function forgeryShown(worlds: Worlds, { isShort, say }: ProveOptions, directory: string) {
  const wanted = (isShort ? SHORT : FULL).forged;
  const policy = policyOf(worlds.honest.policy);
  const originals = originalsOf(worlds, policy);
  const counts = { refused: 0, "same-statement": 0, "other-block": 0 };
  const misses: string[] = [];
  const items: { readonly forged: Forged; readonly verdict: Verdict }[] = [];
  const cache = bundleCache();
  const startMs = performance.now();
  for (const forged of forgedBundles(worlds, seeded(SEED))) {
    const verdict = verifyBundle(forged.bytes, policy, cache);
    const finding = findingOf(forged, verdict, originals[forged.of] as Statement);
    items.push({ forged, verdict });
    if (typeof finding === "object") misses.push(finding.miss);
    else counts[finding] += 1;
    if (counts.refused >= wanted || misses.length > MISSES_SHOWN) break;
  }
  const tookMs = performance.now() - startMs;
  say(`${items.length} forged bundles made and checked in ${seconds(tookMs)} s`);
  const bundles = items.map(({ forged }) => forged.bytes);
  const python = await ask("python", bundles, worlds.honest.policy, directory);
  say(`and by the other verifier in ${seconds(python.tookMs)} s`);
  const byReason: Record<string, number> = Object.fromEntries(
    Object.keys(REFUSALS).map((reason) => [reason, 0]),
  );
  for (const [place, { forged, verdict }] of items.entries()) {
    if (!verdict.ok) byReason[verdict.reason] = (byReason[verdict.reason] ?? 0) + 1;
    const [ours, theirs] = [verdictLine(verdict), python.lines[place]];
    if (ours !== theirs)
      misses.push(`${forged.kind} of bundle ${forged.of}: TypeScript ${ours}, Python ${theirs}`);
  }
  const unseen = Object.keys(byReason).filter((reason) => byReason[reason] === 0);
  if (unseen.length > 0) misses.push(`no forged bundle was refused for ${unseen.join(", ")}`);
  return {
    figures: {
      forgedRefused: counts.refused,
      acceptedWithSameStatement: counts["same-statement"],
      leftToTheBlockHash: counts["other-block"],
      byReason,
    },
    misses,
  };
}

/** Good ones, a tenth as CAR and a tenth without the payload: accepted by both; and how long many take. */
async function goodShown({ isShort, say }: ProveOptions, directory: string) {
  const { good, timed, rounds, leavesPerRound } = isShort ? SHORT : FULL;
  const world = evidenceWorld({ seed: SEED + 1, rounds, leavesPerRound });
  const bundles = Array.from({ length: Math.max(good, timed) }, (_, at) => {
    const bundle = world.bundleAt(at);
    if (at % 10 === 1) bundle.leaf.opening = null;
    const bytes = encodeBundle(bundle);
    return at % 10 === 2 ? carOf(bytes) : bytes;
  });
  say(`${bundles.length} good bundles made`);
  const typescript = await ask("typescript", bundles, world.policy, directory);
  const python = await ask("python", bundles, world.policy, directory);
  const misses = bundles.flatMap((_, at) => {
    const [ours, theirs] = [typescript.lines[at], python.lines[at]];
    const isAccepted = ours === "ACCEPTED" && theirs === ours;
    return isAccepted ? [] : [`good bundle ${at}: TypeScript ${ours}, Python ${theirs}`];
  });
  const distinct = new Set(bundles.map(digestOf)).size;
  if (distinct !== bundles.length)
    misses.push(`only ${distinct} of ${bundles.length} good bundles are different`);
  const bytes = bundles.map((one) => one.length);
  return {
    figures: {
      goodAccepted: bundles.length - misses.length,
      bundleBytes: { min: Math.min(...bytes), max: Math.max(...bytes) },
      secondsForGood: { typescript: seconds(typescript.tookMs), python: seconds(python.tookMs) },
    },
    misses,
  };
}

/** The contract's word on proofs, and anchors that stand on a chain. */
async function chainShown({ isShort }: ProveOptions, directory: string) {
  if (!hasAnvil()) return { figures: { contract: null, anchorsOnChain: null }, misses: [] };
  const anvil = await Anvil.start();
  try {
    const [publisher = ""] = await anvil.call<string[]>("eth_accounts");
    const deployment = { rpcUrl: anvil.url, privateKey: ANVIL_RICH_KEY, publisher };
    const { chainId, contract } = await deployAnchor(deployment);
    const { misses, ...agreed } = await contractAgrees(
      anvil,
      contract,
      (isShort ? SHORT : FULL).proofs,
      seeded(SEED),
    );
    const world = evidenceWorld({ seed: SEED + 2, rounds: 6 });
    const bundles = await bundlesOnChain(anvil, contract, world);
    const json = { ...world.policy, anchors: [{ chainId, contract }] };
    const python = await ask("python", bundles, json, directory);
    const refused = bundles.flatMap((bytes, at) => {
      const ours = verdictLine(verifyBundle(bytes, policyOf(json)));
      const isAccepted = ours === "ACCEPTED" && python.lines[at] === ours;
      return isAccepted ? [] : [`anchor ${at} on the chain: TypeScript ${ours}, Python ${python.lines[at]}`];
    });
    return {
      figures: { contract: agreed, anchorsOnChain: bundles.length - refused.length },
      misses: [...misses, ...refused],
    };
  } finally {
    await anvil.stop();
  }
}

async function controlled(worlds: Worlds) {
  const policy = policyOf(worlds.honest.policy);
  const careless = await carelessVerifier();
  const [original] = originalsOf(worlds, policy);
  const found = [0, 1, 2, 3, 4].filter((of) => {
    const forged = { kind: "the other history", of, reason: OTHER_HISTORY.reason };
    const bytes = OTHER_HISTORY.make(caseAt(worlds, of));
    return (
      typeof findingOf({ ...forged, bytes }, careless(bytes, policy), original as Statement) === "object"
    );
  });
  const misses =
    found.length === 5 ? [] : ["control: without the consistency check the other history was to pass"];
  return { figures: { skips: "consistency", found: found.length }, misses };
}

function originalsOf({ honest }: Worlds, policy: Policy) {
  const cache = bundleCache();
  return Array.from({ length: CHANGED_BUNDLES }, (_, of) => {
    const bytes = encodeBundle(honest.bundleAt(of));
    const verdict = verifyBundle(bytes, policy, cache);
    if (!verdict.ok) throw new Error(`bundle ${of} was to be a good one: ${verdict.reason}`);
    return verdict.statement;
  });
}

function policyOf(json: PolicyJson): Policy {
  const parsed = parsePolicy(json);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.policy;
}

const seconds = (ms: number) => Math.round(ms / 100) / 10;
