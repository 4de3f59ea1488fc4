import { Counter, type Registry } from "prom-client";

/** A Prometheus counter that is kept elsewhere and read when somebody asks. */
export function addReadCounter(registry: Registry, name: string, help: string, read: () => number): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}
