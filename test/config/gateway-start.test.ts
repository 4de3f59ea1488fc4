import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { GATEWAY_ENV, GATEWAY_NODE_OPTIONS } from "../../config/demo/child.ts";

const read = (file: string) => readFileSync(resolve(import.meta.dirname, "../..", file), "utf8");
const DOCKERFILE = read("config/docker/gateway.Dockerfile");
const UNIT = read("config/systemd/hospitell-gateway.service");
const SCRIPT: string = JSON.parse(read("package.json")).scripts.gateway;
const options = GATEWAY_NODE_OPTIONS.join(" ");

it("starts a gateway with the same options of Node everywhere", () => {
  expect(SCRIPT).toContain(`node ${options} gateway/main.ts`);
  expect(UNIT).toContain(`/node ${options} gateway/main.ts`);
  expect(DOCKERFILE).toContain(
    `CMD ["node", ${GATEWAY_NODE_OPTIONS.map((one) => `"${one}"`).join(", ")}, "gateway/main.ts"`,
  );
});

it("starts a gateway in the same environment everywhere", () => {
  const [script, unit, docker] = [SCRIPT, UNIT, DOCKERFILE].map((text) =>
    Object.fromEntries(
      Object.keys(GATEWAY_ENV).map((name) => [name, new RegExp(`\\b${name}=(\\S+)`).exec(text)?.[1]]),
    ),
  );
  expect(script).toEqual(GATEWAY_ENV);
  // Where a gateway is installed, its programs are read-only, and it may write elsewhere.
  const installed = { ...GATEWAY_ENV, NODE_COMPILE_CACHE: "/var/cache/hospitell" };
  expect(unit).toEqual(installed);
  expect(docker).toEqual(installed);
});

it("has one instruction a line in the gateway's image, and a health check that asks the gateway", () => {
  const instructions = DOCKERFILE.replaceAll(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(" ")[0]);
  expect(new Set(instructions)).toEqual(
    new Set(["FROM", "WORKDIR", "ENV", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"]),
  );
  expect(instructions.filter((name) => name === "CMD")).toHaveLength(1);
  expect(DOCKERFILE).toMatch(
    /^HEALTHCHECK --interval=10s --timeout=3s CMD \["node", "-e", "fetch\('http:\/\/127\.0\.0\.1:8180\/readyz'\)/m,
  );
});
