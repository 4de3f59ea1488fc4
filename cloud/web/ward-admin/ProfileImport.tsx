import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import { sendJson } from "../../../contracts/ui/send-json.ts";
import { ProfileImportAnswer } from "../../../contracts/wire/ward-desk.ts";
import { useNotices } from "../desk/notices.tsx";

/** Many beds at once from a file: first what would happen, line by line; then all of it, or nothing. */
export function ProfileImport({ hospitalId }: { readonly hospitalId: string }) {
  const queries = useQueryClient();
  const notices = useNotices();
  const [csv, setCsv] = useState("");
  const [answer, setAnswer] = useState<ProfileImportAnswer | null>(null);
  const send = async (dryRun: boolean) => {
    try {
      const next = await sendJson(ProfileImportAnswer, {
        method: "POST",
        url: "/api/v1/bed-profiles/import",
        body: { hospital: hospitalId, csv, dryRun },
        key: crypto.randomUUID(),
      });
      setAnswer(next);
      if (next.applied) notices.done(`Imported: ${changed(next).length} beds.`);
    } catch (error) {
      notices.failed(error);
    }
    await queries.invalidateQueries({ queryKey: ["bed-profiles"] });
  };
  const isReady =
    answer !== null && !answer.applied && answer.errors.length === 0 && changed(answer).length > 0;
  return (
    <section className="desk-section" aria-labelledby="import-title">
      <h3 id="import-title">Import from CSV</h3>
      <p className="quiet">
        Columns: bed, level, features, ages, sex, mass_kg_max. Several values in one cell are parted by a
        space.
      </p>
      <label>
        File
        <input
          className="control"
          type="file"
          accept=".csv,text/csv"
          onChange={({ target }) => {
            const [file] = target.files ?? [];
            setAnswer(null);
            if (file !== undefined) void file.text().then(setCsv);
          }}
        />
      </label>
      <label className="import-text">
        or its text
        <textarea
          className="control"
          rows={4}
          value={csv}
          onChange={({ target }) => {
            setCsv(target.value);
            setAnswer(null);
          }}
        />
      </label>
      <div className="desk-actions">
        <button
          type="button"
          className="control"
          aria-disabled={csv === ""}
          onClick={() => (csv === "" ? undefined : void send(true))}
        >
          Show what would change
        </button>
        {isReady ? (
          <button type="button" className="control" onClick={() => void send(false)}>
            Change {changed(answer).length} beds
          </button>
        ) : null}
      </div>
      {answer === null ? null : <Result answer={answer} />}
    </section>
  );
}

const changed = ({ changes }: ProfileImportAnswer) => changes.filter(({ kind }) => kind !== "same");

function Result({ answer }: { readonly answer: ProfileImportAnswer }) {
  if (answer.errors.length > 0)
    return (
      <>
        <p role="alert">Nothing is changed: {answer.errors.length} cells are not as expected.</p>
        <ul>
          {answer.errors.map(({ line, column, expected, got }) => (
            <li key={`${line} ${column} ${expected}`}>
              Line {line}
              {column === null ? "" : `, ${column}`}: expected {expected}, came {got}
            </li>
          ))}
        </ul>
      </>
    );
  return (
    <>
      <h4 id="import-changes">{answer.applied ? "Changed" : "Would change"}</h4>
      <FactTable
        labelledBy="import-changes"
        keyOf={({ line }) => String(line)}
        rows={answer.changes}
        columns={[
          { name: "Bed", cell: ({ bedId }) => bedId },
          { name: "Line", cell: ({ line }) => line },
          { name: "What", cell: ({ kind }) => kind },
          {
            name: "Fields",
            cell: ({ fields }) =>
              fields.map(({ field, from, to }) => `${field}: ${from} → ${to}`).join("; ") || "–",
          },
        ]}
      />
    </>
  );
}
