import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createMonitorServer } from "../../../firmware-sim/monitor/monitor-server.ts";
import { playRecording } from "../../../firmware-sim/monitor/recording.ts";
import { soon } from "../../support/soon.ts";

const clockMs = () => Date.UTC(2016, 2, 17, 19, 19, 36);

test("a client hears the end of a line first, then whole lines with CR LF", async () => {
  const monitor = await openMonitor();
  const heard = await listen(monitor.port);
  expect(heard.text).toBe(
    "- SPOC=-- RESVD=--- DESAT=-- PIDELTA=+-- PVI=--- ALARM=000000 EXC=0000801 EXC1=00000000\r\n",
  );

  monitor.send({ spo2Pct: 97, pulsePerMin: 61, perfusionIndex: 3.2 });
  monitor.send({ spo2Pct: null, pulsePerMin: null, perfusionIndex: null });
  await soon(() => expect(heard.text.split("\r\n")).toHaveLength(4));
  const [, first, second] = heard.text.split("\r\n");
  expect(first).toMatch(/^03\/17\/16 19:19:36 SN=---------- SPO2=097% BPM=061 PI=03\.20 .* EXC=0000800 /);
  expect(second).toMatch(/^03\/17\/16 19:19:36 SN=---------- SPO2=---% BPM=--- PI=--\.-- .* EXC=0000820 /);
});

test("every client hears a recording row by row, also one that came later", async () => {
  const monitor = await openMonitor();
  const early = await listen(monitor.port);
  const recording = [95, 90, 85].map((spo2Pct) => ({ spo2Pct, pulsePerMin: 60, perfusionIndex: 2 }));
  await playRecording({ recording, send: monitor.send, everyMs: 5 }, new AbortController().signal);
  const late = await listen(monitor.port);
  monitor.send({ spo2Pct: 80, pulsePerMin: 60, perfusionIndex: 2 });

  await soon(() => expect(saturations(early.text)).toEqual(["095", "090", "085", "080"]));
  await soon(() => expect(saturations(late.text)).toEqual(["080"]));
});

test("playing stops when it is told to", async () => {
  const stop = new AbortController();
  const sent: (number | null)[] = [];
  const recording = [95, 90, 85].map((spo2Pct) => ({ spo2Pct, pulsePerMin: 60, perfusionIndex: 2 }));
  const send = ({ spo2Pct }: { spo2Pct: number | null }) => {
    sent.push(spo2Pct);
    stop.abort();
  };
  await playRecording({ recording, send, everyMs: 10_000 }, stop.signal);
  expect(sent).toEqual([95]);
});

test("a client that goes away disturbs nobody", async () => {
  const monitor = await openMonitor();
  const gone = await listen(monitor.port);
  const stays = await listen(monitor.port);
  gone.socket.resetAndDestroy();
  await soon(() => {
    monitor.send({ spo2Pct: 97, pulsePerMin: 61, perfusionIndex: 3.2 });
    expect(saturations(stays.text).length).toBeGreaterThan(2);
  });
});

test("a port that is taken is named", async () => {
  const monitor = await openMonitor();
  await expect(createMonitorServer({ host: "127.0.0.1", port: monitor.port })).rejects.toThrow(
    `127.0.0.1:${monitor.port} is taken by another program`,
  );
});

async function openMonitor() {
  const monitor = await createMonitorServer({ host: "127.0.0.1", port: 0, clockMs });
  onTestFinished(() => monitor.close());
  return monitor;
}

/** Resolves with the first bytes, so that the server knows the client. */
async function listen(port: number): Promise<{ text: string; readonly socket: Socket }> {
  const socket = connect(port, "127.0.0.1");
  const heard = { text: "", socket };
  await new Promise<void>((resolve) => {
    socket.on("data", (bytes) => {
      heard.text += bytes.toString("ascii");
      resolve();
    });
  });
  return heard;
}

function saturations(text: string): string[] {
  return [...text.matchAll(/^\d\d\/.* SPO2=(...)%/gm)].map((match) => match[1] ?? "");
}
