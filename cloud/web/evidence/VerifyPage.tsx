import { useMemo, useState } from "react";
import { BUNDLE_BYTES_MAX } from "../../../contracts/log/bundle.ts";
import { utf8 } from "../../../contracts/log/bytes.ts";
import { type Verdict, verifyBundle } from "../../../contracts/log/verify-bundle.ts";
import { FileGiver, type GivenFile, readFiles } from "./FileGiver.tsx";
import { PolicyPanel } from "./PolicyPanel.tsx";
import { usePolicy } from "./use-policy.ts";
import { VerdictCard, wordOf } from "./VerdictCard.tsx";
import "../desk/desk.css";
import "./verify.css";

/** A CAR has some hundred bytes around its bundle; of anything longer, this much is enough to be refused. */
const FILE_BYTES_MAX = BUNDLE_BYTES_MAX + 1_024;
const FILES_MAX = 20;

/** Checks files in this browser alone: once the page and the policy are here, it needs no network and asks for nothing. */
export function VerifyPage() {
  const choice = usePolicy();
  const [files, setFiles] = useState<readonly GivenFile[]>([]);
  const [text, setText] = useState("");
  const { policy, source } = choice;
  const verdicts = useMemo(
    () =>
      policy === null
        ? []
        : files.map((file): GivenFile & { readonly verdict: Verdict } => ({
            ...file,
            verdict: verifyBundle(file.bytes, policy),
          })),
    [files, policy],
  );
  const take = (given: readonly GivenFile[]) => {
    setText("");
    setFiles(given.slice(0, FILES_MAX));
  };
  const paste = (pasted: string) => {
    setText(pasted);
    // What an editor adds around a text is not of the file.
    const bytes = utf8(pasted.trim());
    setFiles(bytes.length === 0 ? [] : [{ name: "Pasted text", bytes }]);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a file dropped beside the box is meant for it; a browser would open it
    <div
      className="desk verify"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void readFiles(Array.from(event.dataTransfer.files), FILE_BYTES_MAX).then(take);
      }}
    >
      <header className="desk-head">
        <div>
          <h2>Check a file of evidence</h2>
          <p className="quiet">
            It is checked in this browser and sent nowhere. Once this page is open, the check works without a
            network.
          </p>
        </div>
      </header>
      <div className="verify-columns">
        <div className="verify-files">
          <section className="desk-section" aria-labelledby="file-title">
            <h3 id="file-title">The file</h3>
            <FileGiver
              name="file"
              bytesMax={FILE_BYTES_MAX}
              accept=".json,.car,application/json,application/vnd.ipld.car"
              text={text}
              isMany
              onText={paste}
              onFiles={take}
            />
            {files.length > 0 && policy === null ? (
              <p role="status">It waits for a policy: say whom you trust.</p>
            ) : null}
          </section>
          <p className="visually-hidden" role="status">
            {verdicts.map(({ name, verdict }) => `${name}: ${wordOf(verdict)}.`).join(" ")}
          </p>
          {verdicts.map(({ name, verdict }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two files may have one name, and the list only changes as a whole
            <VerdictCard key={`${at} ${name}`} name={name} verdict={verdict} source={source} />
          ))}
        </div>
        <PolicyPanel choice={choice} />
      </div>
    </div>
  );
}
