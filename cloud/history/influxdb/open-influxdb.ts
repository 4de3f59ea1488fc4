/** The store of the configuration: what writes to it, what reads from it where it can, and how it is fed. */
import type { InfluxConfig } from "../../../config/history.ts";
import type { Clock } from "../../clock.ts";
import type { StoreProcess } from "../feed/settling.ts";
import type { SeriesReader } from "../series-store.ts";
import { Influx1, type Login } from "./influx-1.ts";
import { Influx2 } from "./influx-2.ts";
import { InfluxReader } from "./reader.ts";
import { storeProcess } from "./store-process.ts";
import { InfluxWriter } from "./writer.ts";

export type InfluxStore = {
  readonly writer: InfluxWriter;
  /** Null: it answers no InfluxQL. */
  readonly reader: SeriesReader | null;
  /** Null: what it acknowledges is on its disk. */
  readonly process: StoreProcess | null;
  close(): void;
};

export function openInfluxdb(config: InfluxConfig, login: Login, clock: Clock): InfluxStore {
  if (config.api === "1") {
    const { url, database } = config;
    const writing = new Influx1({ url, database, login, clock });
    const reading = new Influx1({ url, database, login, clock });
    return {
      writer: new InfluxWriter((body, signal) => writing.post(body, signal), "ns"),
      reader: new InfluxReader((statements, signal) => reading.ask(statements, signal)),
      process: null,
      close() {
        writing.close();
        reading.close();
      },
    };
  }
  const { url, org, bucket, queryDatabase, timePrecision } = config;
  const writing = new Influx2({ url, org, bucket, token: tokenOf(login), precision: timePrecision, clock });
  const reading =
    queryDatabase === undefined ? null : new Influx1({ url, database: queryDatabase, login, clock });
  return {
    writer: new InfluxWriter((body, signal) => writing.post(body, signal), timePrecision),
    reader: reading && new InfluxReader((statements, signal) => reading.ask(statements, signal)),
    process: storeProcess(url),
    close() {
      writing.close();
      reading?.close();
    },
  };
}

/** A server of the 1.x kind that speaks the newer API takes both as one token. */
function tokenOf(login: Login): string | null {
  if (login === null) return null;
  return "token" in login ? login.token : `${login.username}:${login.password}`;
}
