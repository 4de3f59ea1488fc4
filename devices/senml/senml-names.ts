/** From a record's full name to the metric of one device. What was understood once is looked up from then on. */
import { isMetricName, type MetricName } from "../../contracts/metrics/catalogue.ts";
import type { Unreadable } from "../decoded.ts";

/** A device has few names; one that makes up new ones all the time is not remembered without bound. */
const BASE_NAMES_MAX = 8;

export class SenmlNames {
  readonly #deviceId: string;
  readonly #metrics: readonly MetricName[];
  /** Base name → name → metric. */
  readonly #known = new Map<string, Map<string, MetricName>>();
  #newestBase = "";
  #newest: Map<string, MetricName> | undefined;

  constructor(deviceId: string, metrics: readonly MetricName[]) {
    this.#deviceId = deviceId;
    this.#metrics = metrics;
  }

  metricOf(baseName: string, name: string): MetricName | Unreadable {
    if (this.#newest === undefined || this.#newestBase !== baseName) {
      this.#newest = this.#known.get(baseName);
      this.#newestBase = baseName;
    }
    const known = this.#newest?.get(name);
    if (known !== undefined) return known;
    const read = this.#read(baseName + name);
    if (typeof read === "string") this.#remember(baseName, name, read);
    return read;
  }

  #remember(baseName: string, name: string, metric: MetricName): void {
    if (this.#newest === undefined) {
      if (this.#known.size === BASE_NAMES_MAX) this.#known.clear();
      this.#newest = new Map();
      this.#known.set(baseName, this.#newest);
    }
    // The metric may stand in the name behind anything: "load", "a:load", "b:load" are names of one metric.
    if (this.#newest.size === this.#metrics.length) this.#newest.clear();
    this.#newest.set(name, metric);
  }

  #read(name: string): MetricName | Unreadable {
    const owner = /^urn:dev:ops:\d+-([a-z0-9-]+):/.exec(name)?.[1];
    if (owner !== undefined && owner !== this.#deviceId) {
      return {
        reason: "name-of-another-device",
        detail: `expected a name of ${this.#deviceId}, got one of ${owner}`,
      };
    }
    const metric = name.slice(name.lastIndexOf(":") + 1);
    if (!isMetricName(metric)) {
      const shown = metric.slice(0, 40).replace(/[^ -~]/g, "?");
      return { reason: "unknown-metric", detail: `"${shown}" is not in the metric catalogue` };
    }
    if (!this.#metrics.includes(metric)) {
      return {
        reason: "metric-not-in-profile",
        detail: `${metric} is not among the metrics of this device's profile`,
      };
    }
    return metric;
  }
}
