/**
 * A gateway's data directory is copied, and the copy speaks: at the same time as the original, after the original has
 * gone on, and having grown past what the cloud knows while the cloud was away. Each time the cloud must refuse before a
 * single number stands for two readings; under an epoch of its own the copy may then tell what it has.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { layEmptyPglite } from "../../support/empty-pglite.ts";
import { Forked } from "../../support/forked.ts";
import { writeSystemFiles } from "../../support/running-system.ts";
import { until } from "../../support/until.ts";
import type { Claim, ProveOptions } from "../claim.ts";
import { cloneWard } from "./clone-ward.ts";
import { type GatewayEnd, judgeJournals } from "./judge-clone.ts";
import { openLaxCloud } from "./lax-cloud.ts";
import { OneGateway } from "./one-gateway.ts";
import { type CloneCloud, readCloneCloud } from "./read-clone-cloud.ts";

type CloudMessage = { readonly kind: "ready" };

/** Readings before the copy is made; the next one's number is the first that two could use. */
const BEFORE = 5;
const AFTER_MIN = 3;

export const proveClone: Claim = async (options) => {
  const directory = mkdtempSync(join(tmpdir(), "hospitell-clone-"));
  try {
    const rounds = options.isShort ? 1 : 20;
    // Beside the rounds, which mostly wait for processes to start.
    const controlled = laxControl(join(directory, "control"), options);
    controlled.catch(() => undefined);
    const misses: string[] = [];
    const figures: Record<string, unknown>[] = [];
    for (let round = 1; round <= rounds; round++) {
      const shown = await clones(join(directory, `round-${round}`), options);
      misses.push(...shown.misses);
      figures.push(shown.figures);
    }
    const control = await controlled;
    if (control.length === 0)
      misses.push("control: a cloud that skips known numbers unseen was to lose a reading, and did not");
    return { figures: { rounds, ...figures[0], control: { found: control } }, misses };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

type Told = { readonly misses: string[]; readonly figures: Record<string, unknown> };

async function clones(directory: string, { isShort, say }: ProveOptions): Promise<Told> {
  const { ward, deviceKeys, key } = cloneWard();
  const files = await writeSystemFiles({ directory, ward, deviceKeys });
  await layEmptyPglite(join(directory, "cloud"));
  const startCloud = async () => {
    const started = new Forked<CloudMessage>({ file: "cloud/main.ts", args: ["--config", files.cloudFile] });
    await started.said("ready");
    return started;
  };
  let cloud = await startCloud();
  const gateways: OneGateway[] = [];
  const keep = (gateway: OneGateway) => {
    gateways.push(gateway);
    return gateway;
  };
  try {
    const original = keep(new OneGateway({ directory, name: "original", key }));
    await original.start();
    await original.weigh(...values(50, BEFORE));
    const { epoch } = (await original.settled()).journal;
    await original.stop();
    const twin = keep(original.copy("twin"));
    // The short form has one older copy, the one that is harder to find.
    const restored = isShort ? null : keep(original.copy("restored"));
    const grown = keep(original.copy("grown"));

    say("a copy runs at the same time as its original");
    await Promise.all([original.start(), twin.start()]);
    await Promise.all([original.weigh(...values(60, AFTER_MIN)), twin.weigh(...values(70, AFTER_MIN))]);
    const both = [await original.settled(), await twin.settled()] as const;
    await Promise.all([original.stop(), twin.stop()]);

    const old = restored === null ? null : await speaksLate(restored, say);

    say("an older copy grows past what the cloud knows while the cloud is away");
    await cloud.end();
    await grown.start();
    await grown.weigh(...values(90, AFTER_MIN * 2));
    cloud = await startCloud();
    const late = await grown.settled();
    await grown.stop();

    say("the copy begins an epoch of its own, and goes on with it though it is told the same again");
    await grown.start("--new-epoch", epoch);
    const anew = await grown.settled();
    await grown.stop();
    await grown.start("--new-epoch", epoch.slice(0, 8));
    const again = await grown.settled();
    await grown.stop();
    await cloud.end();

    const found = await readCloneCloud(join(directory, "cloud"));
    const end = (gateway: OneGateway, status: GatewayStatus): GatewayEnd => ({
      name: gateway.name,
      epoch: status.journal.epoch,
      isRefused: status.cloud.state === "refused",
      acknowledged: gateway.acknowledged,
    });
    const ends = [
      end(original, both[0]),
      end(twin, both[1]),
      ...(restored === null || old === null ? [] : [end(restored, old)]),
      end(grown, late),
    ];
    const renewed = { ...end(grown, anew), acknowledged: grown.acknowledged.slice(BEFORE) };
    return {
      misses: [
        ...judgeJournals([...ends, renewed], found.journals),
        ...refusalMisses(epoch, ends, [...both, ...(old === null ? [] : [old]), late]),
        ...epochMisses(epoch, renewed, found),
        ...(again.journal.epoch === renewed.epoch
          ? []
          : ["a further start was to keep the copy's new epoch"]),
        ...recordMisses(epoch, found),
      ],
      figures: {
        refused: ends.filter(({ isRefused }) => isRefused).map(({ name }) => name),
        stored: [epoch, renewed.epoch].map((one) => found.journals.get(one)),
        foundOut: found.foundOut.filter((one) => one.epoch === epoch),
      },
    };
  } finally {
    for (const gateway of gateways) await gateway.stop();
    await cloud.end();
  }
}

async function speaksLate(restored: OneGateway, say: ProveOptions["say"]): Promise<GatewayStatus> {
  say("an older copy runs after the original went on");
  await restored.start();
  await restored.weigh(...values(80, 1));
  const status = await restored.settled();
  await restored.stop();
  return status;
}

/** So many weights that no other round of the story has. */
const values = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n / 10);

function refusalMisses(
  epoch: string,
  ends: readonly GatewayEnd[],
  statuses: readonly GatewayStatus[],
): string[] {
  const [original, twin, ...later] = ends;
  const wordless = statuses.filter(({ cloud }) => {
    const words = cloud.lastError ?? "";
    return (
      cloud.state === "refused" &&
      !(words.includes("copy") && words.includes("--new-epoch") && words.includes(epoch))
    );
  });
  return [
    ...(original?.isRefused === twin?.isRefused
      ? [`of an original and its copy exactly one was to be refused: ${JSON.stringify([original, twin])}`]
      : []),
    ...later.filter(({ isRefused }) => !isRefused).map(({ name }) => `${name} was to be refused`),
    ...wordless.map(({ cloud }) => `the status page was to say what to do, but says "${cloud.lastError}"`),
  ];
}

function epochMisses(epoch: string, renewed: GatewayEnd, { journals }: CloneCloud): string[] {
  return [
    ...(renewed.isRefused ? ["the copy was to be heard under an epoch of its own"] : []),
    ...(renewed.epoch === epoch ? ["the copy was to have another epoch"] : []),
    ...(journals.has(renewed.epoch) ? [] : ["the cloud was to know the copy's new epoch"]),
  ];
}

/** The very first number that two used is the one that gave them away: not one batch got through. */
function recordMisses(epoch: string, { foundOut }: CloneCloud): string[] {
  const first = foundOut.find((one) => one.epoch === epoch && one.kind === "different-record");
  if (first?.seq === BEFORE + 1 && first.lane === "vitals") return [];
  return [
    `the cloud was to note that number ${BEFORE + 1} is used twice, and noted ${JSON.stringify(foundOut)}`,
  ];
}

/** The same story as far as the copy that speaks after its original, told to a cloud that does not compare. */
async function laxControl(directory: string, { say }: ProveOptions): Promise<string[]> {
  say("control: a cloud that skips what it knows by number");
  const { ward, deviceKeys, key } = cloneWard();
  await writeSystemFiles({ directory, ward, deviceKeys });
  const cloud = await openLaxCloud();
  const original = new OneGateway({ directory, name: "original", key, cloudUrl: cloud.url });
  let copy: OneGateway | null = null;
  try {
    await original.start();
    await original.weigh(...values(50, BEFORE));
    await original.settled();
    await original.stop();
    copy = original.copy("copy");
    await original.start();
    await original.weigh(...values(60, AFTER_MIN));
    await original.settled();
    await original.stop();
    await copy.start();
    await copy.weigh(...values(70, AFTER_MIN * 2));
    const status = await copy.settled();
    const { epoch } = status.journal;
    const isRefused = status.cloud.state === "refused";
    await until("the lax cloud has a journal", async () => cloud.journals().get(epoch), 1_000);
    return judgeJournals(
      [{ name: copy.name, epoch, isRefused, acknowledged: copy.acknowledged }],
      cloud.journals(),
    );
  } finally {
    await original.stop();
    await copy?.stop();
    await cloud.close();
  }
}
