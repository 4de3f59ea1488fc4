import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { afterAll, describe, expect, test, vi } from "vitest";
import { startBundleSize } from "./bundle-size.ts";

const START_BUNDLE_BYTES_MAX = 130 * 1024;
const ROOT = join(import.meta.dirname, "../..");
const dir = mkdtempSync(join(tmpdir(), "hospitell-bundle-"));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true });
});

describe.each(["cloud/web", "gateway/web"])("%s", (web) => {
  test("loads at most 130 KiB before anybody clicks", { timeout: 60_000 }, async () => {
    const outDir = join(dir, web);
    // Under test, React's development build would be bundled.
    vi.stubEnv("NODE_ENV", "production");
    await build({
      configFile: join(ROOT, web, "vite.config.ts"),
      logLevel: "error",
      build: { outDir },
    });
    const { gzipBytes, files } = startBundleSize(outDir);
    expect(files.filter((file) => file.endsWith(".js")).length).toBeGreaterThanOrEqual(1);
    expect(files.filter((file) => file.endsWith(".css")).length).toBeGreaterThanOrEqual(1);
    // React alone is more than this: a smaller figure would mean that the modules were not found.
    expect(gzipBytes).toBeGreaterThan(60 * 1024);
    expect(gzipBytes).toBeLessThanOrEqual(START_BUNDLE_BYTES_MAX);
    if (web === "cloud/web") {
      const onDemand = readdirSync(join(outDir, "assets")).filter(
        (file) => !files.includes(`assets/${file}`),
      );
      for (const chunk of [
        "BedDrawer",
        "BedPage",
        "WardPage",
        "EnvironmentPage",
        "DataHealthPage",
        "KpiPage",
        "EncounterPage",
        "EvidencePage",
        "VerifyPage",
      ])
        expect(onDemand.filter((file) => file.startsWith(chunk) && file.endsWith(".js"))).toHaveLength(1);
      const holding = (words: string, names: readonly string[]) =>
        names.filter(
          (name) => name.endsWith(".js") && readFileSync(join(outDir, name), "utf8").includes(words),
        );
      // What the charts' library and the verifier of bundles each say of themselves, once in all.
      for (const words of ["u-cursor-x", "leaf-not-in-gateway-log"]) {
        expect(holding(words, files)).toEqual([]);
        expect(
          holding(
            words,
            onDemand.map((file) => `assets/${file}`),
          ),
        ).toHaveLength(1);
      }
    }
  });
});

test("counts what is imported statically, through others too, and not what is imported on demand", () => {
  const dist = join(dir, "made");
  mkdirSync(join(dist, "assets"), { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(dist, name), text);
  write(
    "index.html",
    '<script type="module" crossorigin src="/assets/a.js"></script><link rel="stylesheet" crossorigin href="/assets/a.css"><link rel="icon" href="/favicon.svg">',
  );
  write("assets/a.css", "a{}");
  write("assets/a.js", 'import{x}from"./b.js";import"./c.js";const later=()=>import("./d.js");');
  write("assets/b.js", 'export{y}from"./e.js";');
  for (const name of ["c", "d", "e"]) write(`assets/${name}.js`, "");
  expect([...startBundleSize(dist).files].sort()).toEqual([
    "assets/a.css",
    "assets/a.js",
    "assets/b.js",
    "assets/c.js",
    "assets/e.js",
    "index.html",
  ]);
});
