/** Starts the service: database, parts, both listeners; and stops it again in the other order. */
import { once } from "node:events";
import { dirname, join, resolve } from "node:path";
import type { Logger } from "pino";
import type { CloudConfig } from "../config/cloud.ts";
import type { SignInLinks } from "./access/sign-in-links.ts";
import { openAnchor } from "./anchor/open-anchor.ts";
import type { Clock, Randomness } from "./clock.ts";
import { type Cloud, createCloud } from "./cloud.ts";
import { openDatabase } from "./database/open.ts";
import { METRICS_HOST } from "./health/metrics-server.ts";
import { type Environment, influxLogin } from "./history/influxdb/credentials.ts";
import { localUrl } from "./http/local-url.ts";
import { openArchive } from "./retention/open-archive.ts";
import { describeListenError } from "./start-error.ts";

const LAST_ANSWERS_MS_MAX = 3_000;

export type StartOptions = {
  readonly config: CloudConfig;
  /** The data directory is relative to it. */
  readonly configFile: string;
  readonly databaseUrl: string | undefined;
  /** Credentials of other services. */
  readonly environment: Environment;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Logger;
};

export type RunningCloud = {
  readonly url: string;
  readonly metricsUrl: string;
  readonly links: SignInLinks;
  /** Runs until the signal, then stops cleanly. */
  run(signal: AbortSignal): Promise<void>;
};

export async function startCloud(options: StartOptions): Promise<RunningCloud> {
  const { config, configFile, databaseUrl, environment, clock, randomness, log } = options;
  const dataDirectory = resolve(dirname(configFile), config.dataDirectory);
  const login = influxLogin(environment);
  const identityKeyFile = resolve(
    dirname(configFile),
    config.identityKeyFile ?? join(config.dataDirectory, "identity.key"),
  );
  const networkKeyFile = resolve(
    dirname(configFile),
    config.evidence.keyFile ?? join(config.dataDirectory, "network-key.pem"),
  );
  const archivePlace = openArchive(config.archive, dirname(configFile), environment);
  const database = await openDatabase({ databaseUrl, dataDirectory, log });
  try {
    const anchor = openAnchor(config.anchor, {
      directory: dirname(configFile),
      environment,
      db: database.db,
      isEmbedded: databaseUrl === undefined,
    });
    const cloud = await createCloud({
      config,
      anchor,
      influxLogin: login,
      archivePlace,
      dataDirectory,
      identityKeyFile,
      networkKeyFile,
      db: database.db,
      clock,
      randomness,
      log,
    });
    const { app, metricsServer, links } = cloud;
    await listen(cloud, config);
    return {
      url: config.publicUrl ?? localUrl(app.server),
      metricsUrl: `${localUrl(metricsServer)}/metrics`,
      links,
      async run(signal) {
        try {
          await cloud.run(signal);
        } finally {
          await closeHttp(app);
          metricsServer.close();
          await database.close();
        }
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** What is asked already is answered; a caller who never ends the request, or never reads the answer, is cut off. */
async function closeHttp(app: Cloud["app"]): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), LAST_ANSWERS_MS_MAX);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
  }
}

type Ports = Pick<CloudConfig, "http" | "metrics">;

/** Both ports, or neither. */
export async function listen({ app, metricsServer }: Cloud, { http, metrics }: Ports): Promise<void> {
  try {
    await app.listen(http);
  } catch (error) {
    throw describeListenError(error, http, { what: "The service", field: "http.port" });
  }
  const onlyHere = { host: METRICS_HOST, port: metrics.port };
  try {
    metricsServer.listen(onlyHere);
    await once(metricsServer, "listening");
  } catch (error) {
    await app.close();
    throw describeListenError(error, onlyHere, { what: "/metrics", field: "metrics.port" });
  }
}
