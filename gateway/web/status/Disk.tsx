import { Age } from "../../../contracts/ui/Age.tsx";
import type { DiskStatus } from "../../../contracts/wire/gateway-status.ts";
import { bytesWords } from "./bytes-words.ts";
import { Card } from "./Card.tsx";

const STATE_WORDS: Readonly<Record<DiskStatus["state"], string>> = {
  normal: "Normal",
  reserve: "Full, on reserve",
  stalled: "Full",
};

/** Where everything is kept until the cloud has it: how much room there is, and whether what is there is whole. */
export function Disk({ disk }: { readonly disk: DiskStatus }) {
  return (
    <Card id="disk" title="Journal on disk">
      <dl className="pairs">
        <dt>State</dt>
        <dd>
          <span className={`badge badge-${disk.state === "normal" ? "plain" : "strong"}`}>
            {STATE_WORDS[disk.state]}
          </span>
        </dd>
        <dt>Used</dt>
        <dd>
          {bytesWords(disk.usedBytes)} of {bytesWords(disk.budgetBytes)}
        </dd>
        <dt>Free on the disk</dt>
        <dd>{bytesWords(disk.freeBytes)}</dd>
        <dt>Last full check</dt>
        <dd>
          <Age atMs={disk.lastCheckAt === null ? null : Date.parse(disk.lastCheckAt)} never="not ended yet" />
        </dd>
      </dl>
    </Card>
  );
}
