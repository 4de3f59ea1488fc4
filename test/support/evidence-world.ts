/**
 * A network of four gateways whose logs, checkpoints, cosignatures and anchors are made here from a seed, and the bundles
 * that come of them. Every network checkpoint is cosigned by three gateways; a bundle is of one of these, so that the two
 * others are just as many witnesses as the policy asks for. The first gateway changes its key half way.
 */
import { BUNDLE_FORMAT, type Bundle, type BundleAnchor } from "../../contracts/log/bundle.ts";
import { toBase64, utf8 } from "../../contracts/log/bytes.ts";
import { commitmentOf } from "../../contracts/log/hash.ts";
import { encodeGatewayLeaf, encodeNetworkLeaf, type GatewayLeaf } from "../../contracts/log/leaf.ts";
import {
  cosign,
  gatewayKeyName,
  gatewayOrigin,
  networkOrigin,
  type Signer,
  signCheckpoint,
} from "../../contracts/log/note.ts";
import { seeded } from "../prove/salvage/seeded.ts";
import { anchoredBlock } from "./anchored-block.ts";
import { ed25519Signer } from "./ed25519-signer.ts";
import { GrownLog } from "./grown-log.ts";

export const GATEWAYS = ["north", "south", "east", "west"] as const;
export const CHAIN_ID = 31_337;
export const CONTRACT = "0x5fbdb2315678afecb367f032d93f642f64180aa3";
const START_MS = 1_764_000_000_000;
const ROUND_MS = 60_000;

export type WorldPlan = {
  readonly seed: number;
  readonly networkId?: string;
  /** In each, every gateway logs some leaves and signs, and the network takes that in and signs. */
  readonly rounds?: number;
  readonly leavesPerRound?: number;
  /** From this round on the gateways say other things than they would: the same keys, another history. */
  readonly forkAtRound?: number;
  /** The first gateway's; left out: from half way on, where the network's log takes it in. */
  readonly newKeyFromRound?: number;
};

export type LoggedLeaf = GatewayLeaf & { readonly payload: Uint8Array; readonly salt: Uint8Array };
export type GatewayBook = {
  readonly origin: string;
  readonly log: GrownLog;
  readonly leaves: LoggedLeaf[];
};
/** What a round left: the note of each gateway and its place in the network's log, and the network's own. */
export type Round = {
  readonly gateways: readonly {
    readonly note: string;
    readonly body: string;
    readonly size: number;
    readonly index: number;
  }[];
  readonly note: string;
  readonly size: number;
  /** Places in GATEWAYS. */
  readonly witnesses: readonly number[];
};

export type World = {
  readonly network: Signer;
  readonly books: readonly GatewayBook[];
  readonly networkLog: GrownLog;
  readonly rounds: readonly Round[];
  readonly keyEntries: readonly {
    readonly kind: "key-added" | "key-revoked";
    readonly key: Signer;
    readonly index: number;
  }[];
  /** The key that the gateway signs with in that round. */
  readonly keyOf: (gateway: number, round: number) => Signer;
  readonly bundle: (pick: Pick) => Bundle;
  /** Of all that there is, the one under that number; numbers beyond begin anew. */
  readonly bundleAt: (count: number) => Bundle;
  readonly anchorOf: (round: number) => BundleAnchor;
  /** As a reader writes it. */
  readonly policy: PolicyJson;
};
export type Pick = { readonly round: number; readonly gateway: number; readonly leaf: number };
export type PolicyJson = {
  network: { name: string; publicKey: string };
  witnesses: { name: string; publicKey: string }[];
  witnessesMin: number;
  anchors: { chainId: number; contract: string }[];
  anchorRequired: boolean;
};

export const keyJson = ({ name, publicKey }: Signer) => ({ name, publicKey: toBase64(publicKey) });

export function evidenceWorld(plan: WorldPlan): World {
  const {
    seed,
    networkId = "00112233aabbccdd",
    rounds = 6,
    leavesPerRound = 5,
    forkAtRound,
    newKeyFromRound,
  } = plan;
  const network = ed25519Signer(networkOrigin(networkId), seed + 100);
  const networkLog = new GrownLog();
  const enter = (leaf: Parameters<typeof encodeNetworkLeaf>[0]) => networkLog.append(encodeNetworkLeaf(leaf));
  const keyEntries: World["keyEntries"][number][] = [];
  const enterKey = (kind: "key-added" | "key-revoked", key: Signer) =>
    keyEntries.push({ kind, key, index: enter({ kind, name: key.name, publicKey: key.publicKey }) });

  const halfWay = Math.floor(rounds / 2);
  const keys = GATEWAYS.map((id, place) => ed25519Signer(gatewayKeyName(id), seed + place));
  const newKey = ed25519Signer(gatewayKeyName(GATEWAYS[0]), seed + 50);
  const keyOf = (gateway: number, round: number) =>
    gateway === 0 && round >= (newKeyFromRound ?? halfWay) ? newKey : (keys[gateway] as Signer);
  const books = GATEWAYS.map((id, place): GatewayBook => {
    const epoch = (seed * 16 + place).toString(16).padStart(16, "0");
    return { origin: gatewayOrigin(id, epoch), log: new GrownLog(), leaves: [] };
  });
  for (const key of keys) enterKey("key-added", key);

  const made = Array.from({ length: rounds }, (_, round): Round => {
    const random = seeded(
      seed * 1_000 + round + (forkAtRound !== undefined && round >= forkAtRound ? 500 : 0),
    );
    const atMs = START_MS + round * ROUND_MS;
    if (round === halfWay) {
      enterKey("key-added", newKey);
      enterKey("key-revoked", keys[0] as Signer);
    }
    const gateways = books.map((book, gateway) => {
      for (let count = 0; count < leavesPerRound; count += 1) logLeaf(book, atMs, random);
      const head = book.log.head();
      const note = signCheckpoint(
        { origin: book.origin, ...head, signedAtMs: atMs + 500 },
        keyOf(gateway, round),
      );
      const body = bodyOf(note);
      return { note, body, size: head.size, index: enter({ kind: "gateway-checkpoint", body: utf8(body) }) };
    });
    enter({ kind: "document", commitment: commitmentOf(bytesFrom(random, 32), utf8(`${round}`)) });
    const head = networkLog.head();
    const signed = signCheckpoint({ origin: network.name, ...head, signedAtMs: atMs + 900 }, network);
    const witnesses = GATEWAYS.map((_, place) => place).filter((place) => place !== round % GATEWAYS.length);
    const lines = witnesses.map((place) => cosign(bodyOf(signed), atMs + 2_000, keyOf(place, round)));
    return { gateways, note: signed + lines.join(""), size: head.size, witnesses };
  });

  const roundOf = (round: number) => made[round] as Round;
  const anchors = new Map<number, BundleAnchor>();
  function anchorOf(round: number): BundleAnchor {
    const kept = anchors.get(round);
    if (kept !== undefined) return kept;
    // Every third round is anchored, and the last.
    const later = Math.min(rounds - 1, Math.ceil(round / 3) * 3);
    const { note, size } = roundOf(later);
    const { hash: _, ...block } = anchoredBlock({
      contract: CONTRACT,
      head: networkLog.head(size),
      number: 1_000 + later,
      atS: START_MS / 1_000 + 60 * later + 30,
      transactions: 1 + ((later * 37) % 150),
      transactionIndex: (later * 11) % (1 + ((later * 37) % 150)),
      logsBefore: later % 3,
    });
    const checkpoint = toBase64(utf8(note));
    const anchor = {
      ...{ chainId: CHAIN_ID, contract: CONTRACT, checkpoint },
      consistency: networkLog.consistency(roundOf(round).size, size),
      ...block,
    };
    anchors.set(round, anchor);
    return anchor;
  }

  function bundle({ round, gateway, leaf }: Pick): Bundle {
    const { note, size, gateways } = roundOf(round);
    const signed = gateways[gateway] as Round["gateways"][number];
    const { log, leaves } = books[gateway] as GatewayBook;
    const { kind, lane, firstSeq, lastSeq, commitment, payload, salt } = leaves[leaf] as LoggedLeaf;
    const name = keyOf(gateway, 0).name;
    return {
      anchor: anchorOf(round),
      format: BUNDLE_FORMAT,
      gateway: { checkpoint: toBase64(utf8(signed.note)), inclusion: log.inclusion(leaf, signed.size) },
      keys: keyEntries
        .filter(({ key, index }) => key.name === name && index < size)
        .map(({ kind, key, index }) => ({
          kind,
          index,
          ...keyJson(key),
          inclusion: networkLog.inclusion(index, size),
        })),
      leaf: {
        ...{ kind, lane, firstSeq, lastSeq, commitment: toBase64(commitment), index: leaf },
        opening: { payload: toBase64(payload), salt: toBase64(salt) },
      },
      network: {
        checkpoint: toBase64(utf8(note)),
        index: signed.index,
        inclusion: networkLog.inclusion(signed.index, size),
      },
    };
  }

  function bundleAt(count: number): Bundle {
    const round = count % rounds;
    const { witnesses, gateways } = roundOf(round);
    const gateway = witnesses[Math.floor(count / rounds) % witnesses.length] as number;
    const size = (gateways[gateway] as Round["gateways"][number]).size;
    return bundle({ round, gateway, leaf: Math.floor(count / (rounds * witnesses.length)) % size });
  }

  const policy = {
    network: keyJson(network),
    witnesses: [...keys, newKey].map(keyJson),
    witnessesMin: 2,
    anchors: [{ chainId: CHAIN_ID, contract: CONTRACT }],
    anchorRequired: true,
  };
  return { network, books, networkLog, rounds: made, keyEntries, keyOf, bundle, bundleAt, anchorOf, policy };
}

const bodyOf = (note: string) => note.slice(0, note.indexOf("\n\n") + 1);

/** Three bed events, then the digest of a stretch of readings. */
function logLeaf({ log, leaves }: GatewayBook, atMs: number, random: () => number): void {
  const place = leaves.length;
  const isReadings = place % 4 === 3;
  const payload = utf8(
    JSON.stringify(
      isReadings
        ? { count: 100, sha256: "0".repeat(64) }
        : {
            kind: "occupancy-changed",
            bedId: `bed-${Math.floor(random() * 40)}`,
            to: random() < 0.5 ? "empty" : "occupied",
            observedAtMs: atMs,
            receivedAtMs: atMs + 40,
            by: { kind: "sensor", deviceId: "mat-é" },
            evidence: [],
          },
    ),
  );
  const salt = bytesFrom(random, 32);
  const commitment = commitmentOf(salt, payload);
  const leaf = isReadings
    ? ({
        kind: "readings",
        lane: "vitals",
        firstSeq: place * 100 + 1,
        lastSeq: place * 100 + 100,
        commitment,
      } as const)
    : ({ kind: "bed-event", lane: "beds", firstSeq: place + 1, lastSeq: place + 1, commitment } as const);
  log.append(encodeGatewayLeaf(leaf));
  leaves.push({ ...leaf, payload, salt });
}

export const bytesFrom = (random: () => number, length: number) =>
  Uint8Array.from({ length }, () => Math.floor(random() * 256));
