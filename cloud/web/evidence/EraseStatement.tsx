import { useQueryClient } from "@tanstack/react-query";
import type { BedView } from "../../../contracts/wire/board.ts";
import type { BedStatement } from "../../../contracts/wire/evidence.ts";
import { useSession } from "../history/use-history-queries.ts";
import { EraseForm } from "./EraseForm.tsx";

type Of = { readonly bed: BedView; readonly statement: BedStatement };

/** How a bed was set up is not of a person, and everything else that it said rests on it. */
const SETUP: readonly string[] = ["bed-commissioned", "bed-decommissioned"];

/** For the administration of the bed's own hospital; others do not see that there is such a thing. */
export function EraseButton({ bed, statement, onAsk }: Of & { onAsk(): void }) {
  const session = useSession().data;
  const isTheirs = session?.role === "hospital-admin" && session.hospitalId === bed.hospitalId;
  if (!isTheirs || statement.state === "erased" || SETUP.includes(statement.kind)) return null;
  return (
    <button type="button" className="control" onClick={onAsk}>
      Erase…<span className="visually-hidden"> number {statement.seq}</span>
    </button>
  );
}

/** Stands apart from the statement, which is gone from the list once it is erased. */
export function EraseStatement({ bed, statement, onClose }: Of & { onClose(): void }) {
  const queries = useQueryClient();
  const { epoch, seq } = statement;
  return (
    <EraseForm
      what={`number ${seq} of bed ${bed.label}`}
      confirmWord={`erase ${bed.label}`}
      bodyOf={(reason) => ({ bedId: bed.bedId, epoch, seq, reason })}
      onErased={() => void queries.invalidateQueries({ queryKey: ["bed-evidence", bed.bedId] })}
      onClose={onClose}
    />
  );
}
