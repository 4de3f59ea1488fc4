import { describe, expect, test } from "vitest";
import { metricOf } from "../../contracts/metrics/catalogue.ts";
import { metricsOf, type Profile } from "../../devices/profile.ts";
import { PROFILES } from "../../devices/profiles.ts";

const all: [string, Profile][] = [...PROFILES];

test("every model is there once, under its own name", () => {
  expect(all.map(([name]) => name).toSorted()).toEqual([
    "bed-text-json",
    "contec-cms50d-plus",
    "dry-contacts",
    "load-pad-4",
    "masimo-ascii-1",
    "nonin-ascii",
    "room-pressure",
    "smart-bed-senml",
    "tasmota-hx711",
    "xy-md02",
  ]);
});

describe.each(all)("%s", (name, profile) => {
  test("carries its own name, its source, and each metric once", () => {
    expect(profile.model).toBe(name);
    expect(profile.source.length).toBeGreaterThan(20);
    const metrics = metricsOf(profile);
    expect(new Set(metrics).size).toBe(metrics.length);
    expect(metrics.length).toBeGreaterThan(0);
  });

  test("asks only for what its protocol has", () => {
    if (profile.protocol === "modbus") {
      for (const { functionCode, type, metric } of profile.fields) {
        expect(type === "bit").toBe(functionCode <= 2);
        expect(metricOf(metric).kind).toBe(type === "bit" ? "boolean" : "number");
      }
      for (const part of profile.sum?.of ?? [])
        expect(profile.fields.map(({ metric }) => metric)).toContain(part);
    }
    if (profile.protocol === "mqtt-json") {
      expect(profile.topic.split("/").filter((level) => level === "{device}")).toHaveLength(1);
      for (const { type, metric } of profile.fields)
        expect(metricOf(metric).kind).toBe(
          typeof type === "object" || type === "boolean" ? "boolean" : "number",
        );
    }
  });
});
