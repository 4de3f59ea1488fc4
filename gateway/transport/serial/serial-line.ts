/**
 * A device that talks by itself on a serial line. The driver owns the line and the buffer; the scanner finds lines and
 * frames, and the profile gives them meaning.
 */
import type { DeviceId } from "../../../contracts/wire/ids.ts";
import type { SerialProfile } from "../../../devices/profile.ts";
import { scanSerial } from "../../../devices/scan-serial.ts";
import type { ProblemCounts } from "../../ingest/problem-counts.ts";
import type { Ingest, RawMessage } from "../../ingest/raw-message.ts";
import type { Clock } from "../../moment.ts";
import type { ByteLine } from "../line/byte-line.ts";
import { openLine } from "../line/open-line.ts";
import { type SessionEnd, supervise } from "../line/supervise.ts";
import type { LinkBook } from "../link-book.ts";
import { serialLinkId } from "../link-id.ts";
import { NewestOfPeriod } from "./newest-of-period.ts";
import { NoiseTray } from "./noise-tray.ts";

/**
 * A line that has been still for so many intervals is opened anew. An idle port of this machine does not notice an unplug;
 * a connection over TCP has its own signs of life, so there it is only the last resort.
 */
const SILENT_AFTER = {
  port: { intervals: 3, leastMs: 2_000 },
  tcp: { intervals: 10, leastMs: 5_000 },
};

/**
 * Messages of one line that are not on disk yet. A line cannot be told to wait as MQTT can, and behind a serial device server
 * it speaks at the network's speed: what is more is dropped, or it would hold everybody else's messages up.
 */
const UNSETTLED_MAX = 64;

export type SerialLineParts = {
  readonly deviceId: DeviceId;
  /** A device path, or tcp://host:port. */
  readonly line: string;
  readonly profile: SerialProfile;
  readonly expectedIntervalMs: number;
  readonly ingest: Pick<Ingest, "hear">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly links: LinkBook;
  readonly problems: ProblemCounts;
};

/** Runs until the signal fires; rides out every trouble of the line itself. */
export function runSerialLine(parts: SerialLineParts, signal: AbortSignal): Promise<void> {
  const { line, profile, deviceId, problems, links, clock, random } = parts;
  const bounded = { ...parts, ingest: boundedIngest(parts) };
  return supervise<ByteLine>(
    {
      linkId: serialLinkId(line),
      kind: "serial",
      serves: deviceId,
      open: (signal) => openLine(line, profile.settings, signal),
      session: (line, signal) => listen(bounded, line, signal),
      onDown: (why) => problems.count("line-lost", why, clock.now().atMs),
      links,
      clock,
      random,
    },
    signal,
  );
}

/** One for all connections of the line, or each new one would bring its own load. */
function boundedIngest({ ingest, problems, clock }: SerialLineParts): SerialLineParts["ingest"] {
  let unsettled = 0;
  const detail = `expected at most ${UNSETTLED_MAX} messages that are not stored yet, got one more, which was dropped; check how often the device is set to speak, and the gateway's disk`;
  return {
    async hear(message: RawMessage) {
      if (unsettled >= UNSETTLED_MAX) return problems.count("too-many-lines", detail, clock.now().atMs);
      unsettled += 1;
      try {
        await ingest.hear(message);
      } finally {
        unsettled -= 1;
      }
    },
  };
}

async function listen(parts: SerialLineParts, line: ByteLine, signal: AbortSignal): Promise<SessionEnd> {
  const { profile, expectedIntervalMs, ingest, deviceId, clock } = parts;
  const { promise: given, resolve: give, reject: fail } = Promise.withResolvers<string>();
  const { intervals, leastMs } = SILENT_AFTER[parts.line.startsWith("tcp:") ? "tcp" : "port"];
  const silentAfterMs = Math.max(leastMs, intervals * expectedIntervalMs);
  const silence = setTimeout(() => give(`nothing was heard for ${silentAfterMs} ms`), silentAfterMs);
  const stop = () => give("the gateway ends");
  signal.addEventListener("abort", stop, { once: true });
  // A line cannot be acknowledged or asked for again; that it was not kept is the process's trouble, and ends it.
  const linkId = serialLinkId(parts.line);
  const hear = (frame: Uint8Array) => {
    parts.links.heard(linkId, 1, frame.byteLength);
    void ingest.hear({ deviceId, received: clock.now(), body: { kind: "frame", bytes: frame } }).catch(fail);
  };
  const thinned = profile.protocol === "frames" ? new NewestOfPeriod(profile.takeOneEveryMs, hear) : null;
  const noise = new NoiseTray(
    () => clock.now().monoMs,
    (noise) =>
      void ingest.hear({ deviceId, received: clock.now(), body: { kind: "noise", ...noise } }).catch(fail),
  );
  const stream = new FrameStream(
    profile,
    (frame) => (thinned === null ? hear(frame) : thinned.take(frame)),
    noise,
  );
  line.listen((bytes) => {
    silence.refresh();
    stream.push(bytes);
  });
  try {
    const why = await Promise.race([given, line.closed]);
    return { why, wasUseful: stream.hasHeard };
  } finally {
    clearTimeout(silence);
    thinned?.stop();
    noise.empty();
    signal.removeEventListener("abort", stop);
  }
}

/** Bytes in, frames out; what is no frame goes into the tray. */
class FrameStream {
  readonly #profile: SerialProfile;
  readonly #onFrame: (frame: Uint8Array) => void;
  readonly #noise: NoiseTray;
  #rest: Uint8Array = new Uint8Array();
  /** A stream is joined anywhere: what comes before the first line end is the rest of a line, and no fault. */
  #isJoined = false;
  /** A line without an end was told of, and what is still to come of it is not told again. */
  #isEndless = false;
  hasHeard = false;

  constructor(profile: SerialProfile, onFrame: (frame: Uint8Array) => void, noise: NoiseTray) {
    this.#profile = profile;
    this.#onFrame = onFrame;
    this.#noise = noise;
  }

  push(bytes: Uint8Array): void {
    const profile = this.#profile;
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const before = this.#rest;
      const scan = scanSerial(profile, before);
      this.#rest = scan.rest;
      if (scan.kind === "need-more") break;
      const isWhole = this.#isJoined || (profile.protocol === "frames" && scan.kind === "frame");
      const isTold = this.#isEndless;
      this.#isEndless = false;
      if (profile.protocol === "lines" || scan.kind === "frame") this.#isJoined = true;
      if (!isWhole) continue;
      if (scan.kind === "corrupt") {
        const dropped = before.subarray(0, before.length - scan.rest.length);
        if (!isTold) this.#noise.add({ reason: scan.reason, detail: scan.detail, bytes: dropped });
        continue;
      }
      this.hasHeard = true;
      // Copied: the scanner's frame is a view of a buffer that is used on.
      this.#onFrame(Uint8Array.from(scan.frame));
    }
    this.#tellEndless(this.#rest);
  }

  /** The scanner waits for the end of a line that is too long already; the engineer need not. */
  #tellEndless(rest: Uint8Array): void {
    const { protocol } = this.#profile;
    if (protocol !== "lines" || this.#isEndless || rest.length <= this.#profile.lineBytesMax) return;
    this.#isEndless = true;
    const detail = `expected a line of at most ${this.#profile.lineBytesMax} bytes, got more without an end; check the speed and the wiring`;
    this.#noise.add({ reason: "line-too-long", detail, bytes: rest });
  }
}
