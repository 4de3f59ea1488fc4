import { expect, test } from "vitest";
import {
  masimoLine,
  NO_VALUES,
  type OximeterValues,
  type Probe,
} from "../../../firmware-sim/monitor/masimo-line.ts";

// The lines are written by hand after the published Radical-7 (colour) line of nmenon/masimo-datacapture:
// 03/17/16 19:19:36 SN=---------- SPO2=098% BPM=123 PI=00.55 SPCO=--% SPMET=--.-% SPHB=--.- SPOC=-- RESVD=---
// DESAT=-- PIDELTA=+-- PVI=--- ALARM=000000 EXC=0000C00 EXC1=00000000
const clockMs = Date.UTC(2016, 2, 17, 19, 19, 36, 999);

test.each<[string, OximeterValues, Probe, string]>([
  [
    "the published values",
    { spo2Pct: 98, pulsePerMin: 123, perfusionIndex: 0.55 },
    "on",
    "03/17/16 19:19:36 SN=---------- SPO2=098% BPM=123 PI=00.55 SPCO=--% SPMET=--.-% SPHB=--.- SPOC=-- RESVD=--- DESAT=-- PIDELTA=+-- PVI=--- ALARM=000000 EXC=0000800 EXC1=00000000",
  ],
  [
    "the widest and the narrowest values",
    { spo2Pct: 100, pulsePerMin: 43, perfusionIndex: 17 },
    "on",
    "03/17/16 19:19:36 SN=---------- SPO2=100% BPM=043 PI=17.00 SPCO=--% SPMET=--.-% SPHB=--.- SPOC=-- RESVD=--- DESAT=-- PIDELTA=+-- PVI=--- ALARM=000000 EXC=0000800 EXC1=00000000",
  ],
  [
    "the probe on a finger, still searching for a pulse",
    NO_VALUES,
    "on",
    "03/17/16 19:19:36 SN=---------- SPO2=---% BPM=--- PI=--.-- SPCO=--% SPMET=--.-% SPHB=--.- SPOC=-- RESVD=--- DESAT=-- PIDELTA=+-- PVI=--- ALARM=000000 EXC=0000808 EXC1=00000000",
  ],
  [
    "the probe off the finger",
    NO_VALUES,
    "off",
    "03/17/16 19:19:36 SN=---------- SPO2=---% BPM=--- PI=--.-- SPCO=--% SPMET=--.-% SPHB=--.- SPOC=-- RESVD=--- DESAT=-- PIDELTA=+-- PVI=--- ALARM=000000 EXC=0000820 EXC1=00000000",
  ],
  [
    "no probe",
    NO_VALUES,
    "unplugged",
    "03/17/16 19:19:36 SN=---------- SPO2=---% BPM=--- PI=--.-- SPCO=--% SPMET=--.-% SPHB=--.- SPOC=-- RESVD=--- DESAT=-- PIDELTA=+-- PVI=--- ALARM=000000 EXC=0000801 EXC1=00000000",
  ],
])("%s", (_name, values, probe, line) => expect(masimoLine(values, probe, clockMs)).toBe(line));

// The other two models' lines, after those printed at the same place; dashes filled with values in the same width.
test.each<[string, "rad-8" | "radical-7-older", OximeterValues, Probe, string]>([
  [
    "a Rad-8 without a sensor",
    "rad-8",
    NO_VALUES,
    "unplugged",
    "03/17/16 19:19:36 SN=0000093112 SPO2=---% BPM=---% DESAT=-- PIDELTA=+-- ALARM=0000 EXC=000801",
  ],
  [
    "a Rad-8 with values: it has no perfusion index, and a % behind the pulse",
    "rad-8",
    { spo2Pct: 97, pulsePerMin: 64, perfusionIndex: 2 },
    "on",
    "03/17/16 19:19:36 SN=0000093112 SPO2=097% BPM=064% DESAT=-- PIDELTA=+-- ALARM=0000 EXC=000800",
  ],
  [
    "an older Radical-7, whose perfusion index has a %",
    "radical-7-older",
    { spo2Pct: 97, pulsePerMin: 64, perfusionIndex: 0.8 },
    "on",
    "03/17/16 19:19:36 SN=0000070986 SPO2=097% BPM=064 PI=00.80% SPCO=--.-% SPMET=--.-% DESAT=-- PIDELTA=+-- PVI=--- ALARM=0000 EXC=000800",
  ],
])("%s", (_name, model, values, probe, line) => expect(masimoLine(values, probe, clockMs, model)).toBe(line));
