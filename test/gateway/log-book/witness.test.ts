import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { toBase64, utf8 } from "../../../contracts/log/bytes.ts";
import { leafHash, nodeHash } from "../../../contracts/log/hash.ts";
import { networkOrigin, parseNote, signCheckpoint } from "../../../contracts/log/note.ts";
import { cosignedAtMs } from "../../../contracts/log/signed-note.ts";
import { consistencyPath } from "../../../contracts/log/tree.ts";
import { signerOf } from "../../../gateway/journal/log/checkpoints.ts";
import { newLogKey } from "../../../gateway/log-book/log-key.ts";
import { Witness } from "../../../gateway/log-book/witness.ts";
import { rootOf } from "../../support/audit-log.ts";
import { BEGIN_MS, HandClock } from "../../support/moments.ts";
import { tempDir } from "../../support/temp-dir.ts";

const NETWORK = networkOrigin("00112233aabbccdd");
const key = newLogKey();
const signer = signerOf("gw-north", key);

const publicOf = (privateKey: KeyObject) =>
  new Uint8Array(Buffer.from(privateKey.export({ format: "jwk" }).x ?? "", "base64url"));

/** A network's log that may tell one history to some and another to others. */
class Network {
  readonly privateKey = generateKeyPairSync("ed25519").privateKey;
  readonly leaves: Uint8Array[] = [];

  grow(...words: readonly string[]): void {
    for (const word of words) this.leaves.push(leafHash(utf8(word)));
  }

  /** As the cloud shows it to whoever has cosigned `cosignedSize` leaves. */
  shown(cosignedSize: number, size = this.leaves.length) {
    const nodeAt = (level: number, index: number): Uint8Array =>
      level === 0
        ? (this.leaves[index] ?? new Uint8Array())
        : nodeHash(nodeAt(level - 1, index * 2), nodeAt(level - 1, index * 2 + 1));
    const root = rootOf(this.leaves.slice(0, size));
    const { privateKey } = this;
    const publicKey = publicOf(privateKey);
    const network = { name: NETWORK, publicKey, sign: (bytes: Uint8Array) => sign(null, bytes, privateKey) };
    return {
      checkpoint: signCheckpoint({ origin: NETWORK, size, root, signedAtMs: BEGIN_MS }, network),
      publicKey: toBase64(publicKey),
      consistency: (cosignedSize <= size ? consistencyPath(cosignedSize, size, nodeAt) : []).map(toBase64),
    };
  }
}

function aWitness({ directory = tempDir(), networkKey = null as Uint8Array | null } = {}) {
  const refusals: string[] = [];
  const open = () =>
    new Witness({
      directory,
      networkKey,
      signer,
      clock: new HandClock(),
      onRefused: (reason) => refusals.push(reason),
    });
  return { directory, refusals, open, witness: open() };
}

const forkFiles = (directory: string) =>
  readdirSync(directory).filter((name) => name.startsWith("log-fork-"));

describe("a witness", () => {
  test("cosigns what continues what it has seen, and has it on disk by then", async () => {
    const network = new Network();
    const { witness, open } = aWitness();
    network.grow("a", "b", "c");
    await witness.look(network.shown(0));
    const { pending } = witness;
    const shown = network.shown(0);
    const note = parseNote(`${shown.checkpoint}${pending?.line}`);
    expect(note && cosignedAtMs(note, signer)).toBe(BEGIN_MS);
    if (pending !== null) witness.told(pending);
    expect(witness).toMatchObject({ pending: null, cosignedSize: 3 });
    network.grow("d", "e");
    await open().look(network.shown(3));
    const again = open();
    expect(again.cosignedSize).toBe(5);
    // Whether the cloud heard of it nobody knows by now.
    expect(again.pending).toMatchObject({ size: 5, root: toBase64(rootOf(network.leaves)) });
  });

  test("passes over what is older, and what it has cosigned already", async () => {
    const network = new Network();
    const { witness, directory } = aWitness();
    network.grow("a", "b", "c");
    await witness.look(network.shown(0));
    await witness.look(network.shown(3, 2));
    await witness.look(network.shown(3));
    expect(witness.state).toMatchObject({ size: 3, refused: null, trouble: null });
    expect(forkFiles(directory)).toEqual([]);
  });

  test.each<[string, (network: Network, other: Network) => ReturnType<Network["shown"]>]>([
    ["another root of the same size", (_network, other) => other.shown(0, 3)],
    ["a longer log that does not continue it", (_network, other) => other.shown(3)],
    [
      "a way that is of another log",
      (network, other) => ({ ...network.shown(3), consistency: other.shown(2).consistency }),
    ],
    ["another key", () => newNetwork("a", "b", "c", "d").shown(3)],
    [
      "another network",
      (network) => ({
        ...network.shown(3),
        checkpoint: network.shown(3).checkpoint.replace("aabbccdd", "aabbccde"),
      }),
    ],
  ])("shown %s keeps both notes, and cosigns nothing more, after a restart neither", async (_what, lie) => {
    const network = newNetwork("a", "b", "c");
    const other = Object.assign(newNetwork("a", "x", "c", "d", "e"), { privateKey: network.privateKey });
    const { witness, directory, refusals, open } = aWitness();
    await witness.look(network.shown(0));
    network.grow("d");
    const shown = lie(network, other);
    await witness.look(shown);
    expect(refusals).toHaveLength(1);
    const [file = ""] = forkFiles(directory);
    const evidence = JSON.parse(readFileSync(join(directory, file), "utf8")) as Record<string, unknown>;
    expect(evidence).toMatchObject({ shown, seen: { size: 3, note: network.shown(0, 3).checkpoint } });
    await witness.look(network.shown(3));
    expect(witness.state).toMatchObject({ size: 3, refused: expect.stringContaining(file) });
    const again = open();
    await again.look(network.shown(3));
    expect(again).toMatchObject({ cosignedSize: 3, pending: null });
    // Somebody has looked at it, and lets the gateway begin anew.
    rmSync(join(directory, file));
    rmSync(join(directory, "log-witness.json"));
    const anew = open();
    await anew.look(network.shown(0));
    expect(anew.pending?.size).toBe(4);
  });

  test("takes no other key than the configured one, not even first of all", async () => {
    const network = newNetwork("a");
    const { witness } = aWitness({ networkKey: key.publicKey });
    await witness.look(network.shown(0));
    expect(witness.state.refused).toContain("not signed by the network's key");
    const told = aWitness({ networkKey: publicOf(network.privateKey) });
    await told.witness.look(network.shown(0));
    expect(told.witness.cosignedSize).toBe(1);
  });

  test("that cannot read what it has seen before trusts nobody", async () => {
    const { directory, open } = aWitness();
    writeFileSync(join(directory, "log-witness.json"), '{"version":1,"networkKey":"x","note":""}');
    const witness = open();
    await witness.look(newNetwork("a").shown(0));
    expect(witness).toMatchObject({ pending: null, cosignedSize: 0 });
    expect(witness.state.refused).toContain("cannot be read");
  });

  test("that is shown what cannot be read says so, and looks at the next", async () => {
    const network = newNetwork("a");
    const { witness } = aWitness();
    await witness.look({ ...network.shown(0), checkpoint: "nonsense" });
    expect(witness.state).toMatchObject({
      refused: null,
      trouble: expect.stringContaining("cannot be read"),
    });
    await witness.look(network.shown(0));
    expect(witness.state).toMatchObject({ size: 1, trouble: null });
  });

  test("that cannot keep what it has seen cosigns nothing", async () => {
    const { witness, directory } = aWitness();
    rmSync(directory, { recursive: true });
    await witness.look(newNetwork("a").shown(0));
    expect(witness).toMatchObject({ pending: null, cosignedSize: 0 });
    expect(witness.state.trouble).toContain("ENOENT");
  });
});

function newNetwork(...words: readonly string[]): Network {
  const network = new Network();
  network.grow(...words);
  return network;
}
