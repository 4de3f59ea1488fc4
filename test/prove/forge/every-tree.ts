/** Every inclusion and consistency proof of the trees up to a size, against brute force; and none that was tampered with. */
import { toBase64, toHex, utf8 } from "../../../contracts/log/bytes.ts";
import { leafHash } from "../../../contracts/log/hash.ts";
import { isConsistent, isIncluded } from "../../../contracts/log/tree.ts";
import { BruteTree } from "../../support/brute-merkle.ts";
import { CT_CONSISTENCY, CT_INCLUSION, CT_LEAVES, CT_ROOTS } from "../../support/ct-vectors.ts";
import { GrownLog } from "../../support/grown-log.ts";

export type TreeFigures = {
  readonly inclusion: number;
  readonly consistency: number;
  readonly tampered: number;
};

export function everyTree(sizeMax: number): {
  readonly figures: TreeFigures;
  readonly misses: readonly string[];
} {
  const leaves = Array.from({ length: sizeMax }, (_, at) => utf8(`leaf ${at}`));
  const brute = new BruteTree(leaves);
  const log = new GrownLog();
  const misses: string[] = [];
  const expect = (holds: boolean, what: string) => {
    if (!holds) misses.push(what);
  };
  let [inclusion, consistency, tampered] = [0, 0, 0];
  for (let n = 1; n <= sizeMax; n += 1) {
    log.append(leaves[n - 1] ?? utf8(""));
    const newer = { size: n, root: brute.root(n) };
    expect(toBase64(log.head().root) === toBase64(newer.root), `root of ${n}`);
    for (let m = 0; m < n; m += 1) {
      const hash = leafHash(leaves[m] ?? utf8(""));
      const path = brute.path(m, n);
      expect(`${path.map(toBase64)}` === `${log.inclusion(m, n)}`, `inclusion path of ${m} in ${n}`);
      expect(isIncluded({ index: m, size: n }, hash, path, newer.root), `inclusion of ${m} in ${n}`);
      inclusion += 1;
      for (const wrong of tamperedWith(path)) {
        expect(
          !isIncluded({ index: m, size: n }, hash, wrong, newer.root),
          `tampered inclusion of ${m} in ${n}`,
        );
        tampered += 1;
      }
    }
    for (let m = 1; m <= n; m += 1) {
      const older = { size: m, root: brute.root(m) };
      const path = m === n ? [] : brute.proof(m, n);
      expect(`${path.map(toBase64)}` === `${log.consistency(m, n)}`, `consistency path of ${m} and ${n}`);
      expect(isConsistent(older, newer, path), `consistency of ${m} and ${n}`);
      consistency += 1;
      for (const wrong of tamperedWith(path)) {
        expect(!isConsistent(older, newer, wrong), `tampered consistency of ${m} and ${n}`);
        tampered += 1;
      }
    }
  }
  return { figures: { inclusion, consistency, tampered }, misses };
}

/** The vectors of Certificate Transparency; answers what differs. */
export function ctVectorMisses(): string[] {
  const log = new GrownLog();
  for (const leaf of CT_LEAVES) log.append(Uint8Array.from(Buffer.from(leaf, "hex")));
  const hexes = (path: readonly string[]) =>
    `${path.map((hash) => Buffer.from(hash, "base64").toString("hex"))}`;
  return [
    ...CT_ROOTS.flatMap((root, size) =>
      toHex(log.head(size).root) === root ? [] : [`vector: root of ${size}`],
    ),
    ...CT_INCLUSION.flatMap(({ index, size, path }) =>
      hexes(log.inclusion(index, size)) === `${path}` ? [] : [`vector: inclusion of ${index} in ${size}`],
    ),
    ...CT_CONSISTENCY.flatMap(({ older, newer, path }) =>
      hexes(log.consistency(older, newer)) === `${path}`
        ? []
        : [`vector: consistency of ${older} and ${newer}`],
    ),
  ];
}

/** A hash more at either end, one less at either end, one changed. */
function tamperedWith(path: readonly Uint8Array[]): Uint8Array[][] {
  const extra = new Uint8Array(32).fill(1);
  const longer = [
    [extra, ...path],
    [...path, extra],
    [...path, ...path.slice(-1), ...(path.length === 0 ? [extra] : [])],
  ];
  if (path.length === 0) return longer;
  const changed = path.map((hash, at) => (at === path.length >> 1 ? hash.map((byte) => byte ^ 1) : hash));
  return [...longer, path.slice(1), path.slice(0, -1), changed];
}
