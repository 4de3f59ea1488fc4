/**
 * The control: the same cloud, except that its feed counts as stored what it has only handed over, and moves its cursor.
 * What the store then refuses is lost to it, and must be found missing.
 */
import { InfluxWriter } from "../../../cloud/history/influxdb/writer.ts";
import { runCloud } from "../../../cloud/run.ts";

const { write } = InfluxWriter.prototype;

InfluxWriter.prototype.write = async function (points, signal) {
  write.call(this, points, signal).catch(() => undefined);
  return [];
};

process.exitCode = await runCloud(process.argv.slice(2), process.env);
if (process.connected) process.disconnect();
