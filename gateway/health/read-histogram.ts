/** A Prometheus histogram whose counts are kept elsewhere, in fixed buckets, and read when somebody asks. */
import { Histogram, type Registry } from "prom-client";

/** `counts[i]`: at most `boundsMs[i]` and more than the bound before; one more for what is longer than all. */
export type Counted = {
  readonly labels: Readonly<Record<string, string>>;
  readonly boundsMs: readonly number[];
  readonly counts: readonly number[];
  readonly sumMs: number;
};

type Parts = { readonly name: string; readonly help: string; readonly labelNames: string[] };

export class ReadHistogram extends Histogram {
  readonly #parts: Parts;
  readonly #read: () => readonly Counted[];

  constructor(registry: Registry, parts: Parts, read: () => readonly Counted[]) {
    super({ ...parts, registers: [registry] });
    this.#parts = parts;
    this.#read = read;
  }

  /** In seconds, as Prometheus wants durations. What the registry writes is all made of this. */
  async getForPromString() {
    const { name, help } = this.#parts;
    const values = this.#read().flatMap(({ labels, boundsMs, counts, sumMs }) => {
      let sum = 0;
      const buckets = counts.map((count, index) => {
        sum += count;
        const bound = boundsMs[index];
        const le = bound === undefined ? "+Inf" : String(bound / 1_000);
        return { metricName: `${name}_bucket`, labels: { ...labels, le }, sharedLabels: {}, value: sum };
      });
      return [
        ...buckets,
        { metricName: `${name}_sum`, labels, sharedLabels: {}, value: sumMs / 1_000 },
        { metricName: `${name}_count`, labels, sharedLabels: {}, value: sum },
      ];
    });
    return { name, help, type: "histogram", aggregator: "sum", values };
  }
}
