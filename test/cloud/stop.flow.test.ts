import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { layEmptyPglite } from "../support/empty-pglite.ts";
import { Forked } from "../support/forked.ts";
import { tempDir } from "../support/temp-dir.ts";

type Ready = { readonly kind: "ready"; readonly url: string };

test("a service that is told to end does so, though a caller never finishes the request", async () => {
  const directory = tempDir();
  await layEmptyPglite(join(directory, "data"), "");
  const configFile = join(directory, "cloud.yaml");
  writeFileSync(
    configFile,
    "http: { port: 0 }\nmetrics: { port: 0 }\ndataDirectory: data\nhospitals: [{ id: north, name: North }]\ngateways: []\n",
  );
  const cloud = new Forked<Ready>({
    file: "cloud/main.ts",
    args: ["--config", configFile],
    env: { DATABASE_URL: "" },
  });
  try {
    const { url } = await cloud.said("ready");
    const caller = connect(Number(new URL(url).port), "127.0.0.1");
    caller.on("error", () => undefined).resume();
    const cutOff = new Promise((resolve) => caller.once("close", resolve));
    await new Promise<void>((resolve) => {
      caller.write("POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{", () =>
        resolve(),
      );
    });
    await cloud.end();
    await cutOff;
    expect(cloud.child.exitCode).toBe(0);
  } finally {
    await cloud.end("SIGKILL");
  }
});
