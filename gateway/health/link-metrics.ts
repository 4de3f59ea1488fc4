import { Counter, type Registry } from "prom-client";
import type { LinkBook } from "../transport/link-book.ts";

/** What each bus, line and broker brought; the own broker's doors are counted by the broker. */
export function addLinkMetrics(registry: Registry, links: Pick<LinkBook, "list" | "traffic">): void {
  const counter = (name: string, help: string, field: "messages" | "bytes") =>
    new Counter({
      name: `hospitell_gateway_link_${name}`,
      help,
      labelNames: ["link", "kind"],
      registers: [registry],
      collect() {
        this.reset();
        for (const { linkId, kind } of links.list())
          this.inc({ link: linkId, kind }, links.traffic(linkId)[field]);
      },
    });
  counter("messages_total", "Messages by bus, line and hospital broker", "messages");
  counter("received_bytes_total", "Bytes of these messages, without framing", "bytes");
}
