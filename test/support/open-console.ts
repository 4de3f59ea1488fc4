import { onTestFinished } from "vitest";
import { GatewayId } from "../../contracts/wire/ids.ts";
import { buildConsole } from "../../gateway/console/console.ts";
import { readQuarantine } from "../../gateway/console/quarantine.ts";
import { SignIn } from "../../gateway/console/sign-in.ts";
import { readStatus } from "../../gateway/console/status.ts";
import { ProblemCounts } from "../../gateway/ingest/problem-counts.ts";
import { CloudLink } from "../../gateway/sync/cloud-link.ts";
import { LinkBook } from "../../gateway/transport/link-book.ts";
import { RADICAL_7_LINE, XY_MD02_REPLY_WORDS } from "../fixtures/golden.ts";
import { openJournalFile } from "./journal-file.ts";
import { line, pack, registers } from "./messages.ts";
import { at, HandClock } from "./moments.ts";
import { topology } from "./wards.ts";
import { WiredGateway } from "./wired-gateway.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
export const OWN = { host: "gateway:8180", origin: "http://gateway:8180" };

/** A console over a gateway that heard each of its devices once, and one of them badly. */
export async function openConsole() {
  const onDisk = Object.assign(openJournalFile().journal(), { kept: () => [] });
  const north = new WiredGateway(topology(), onDisk);
  const clock = new HandClock();
  const strangers = new ProblemCounts();
  const links = new LinkBook(clock);
  links.tell("mqtt 127.0.0.1:1883", {
    kind: "mqtt",
    running: "running",
    state: "listening",
    detail: "1 of its devices",
  });
  north.hears(
    pack(at(0), [
      { n: "occupancy", vb: true },
      { n: "load", u: "kg", v: 5_000 },
      { n: "mood", v: 1 },
    ]),
    registers(at(0), XY_MD02_REPLY_WORDS),
    line(at(0), new TextDecoder().decode(RADICAL_7_LINE)),
  );
  strangers.count("unknown-device", "bed-99 connected", at(0).atMs);
  const { journal, ward, book } = north;
  const status = () =>
    readStatus({
      gatewayId: GatewayId.parse("gw-north"),
      cloudUrl: "http://127.0.0.1:8080",
      startedAtMs: at(0).atMs,
      clock,
      topology: north.topology,
      journal,
      ward,
      book,
      links,
      cloudLink: new CloudLink({ clock, random: () => 0, pause: async () => undefined }),
      strangers,
      logStatus: () => null,
      parkedCount: () => 0,
    });
  const signIn = new SignIn(() => clock.now().atMs);
  const ready = { is: true };
  const parts = { signIn, status, quarantine: () => readQuarantine(journal), isReady: () => ready.is };
  const app = await buildConsole(parts);
  onTestFinished(() => app.close());
  const redeem = (token: string, headers: Record<string, string> = OWN) =>
    app.inject({
      method: "POST",
      url: "/sign-in",
      headers: { ...FORM, ...headers },
      payload: `token=${token}`,
    });
  const signedIn = async () => {
    const [cookie] = (await redeem(signIn.newLinkToken())).cookies;
    return { cookie: `${cookie?.name}=${cookie?.value}`, ...OWN };
  };
  return { app, parts, signIn, redeem, signedIn, clock, ready, status, north };
}
