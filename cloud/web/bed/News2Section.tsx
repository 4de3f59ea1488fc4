import { useEffect, useState } from "react";
import { type News2, type News2Part, news2 } from "../../../contracts/scores/news2.ts";
import {
  CONSCIOUSNESS_WORDS,
  NEWS2_LIMITS,
  NEWS2_PART_WORDS,
  NEWS2_RISK_WORDS,
  NEWS2_SOURCE,
  news2Advice,
} from "../../../contracts/scores/news2-words.ts";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { clockWords } from "../../../contracts/ui/clock-words.ts";
import type { BedView } from "../../../contracts/wire/board.ts";
import type { LatestSeriesValue } from "../../../contracts/wire/history.ts";
import { BedsideForm } from "./BedsideForm.tsx";
import { BEDSIDE_ENTRY_VALID_MS, type BedsideEntry, isEntryValid, news2Input } from "./news2-input.ts";
import { useIsGatewaySilent } from "./use-bed.ts";

/** NEWS2 with each of its seven parts, or with what it lacks. What is entered here lives here, and not for long. */
export function News2Section({
  bed,
  latest,
}: {
  readonly bed: BedView;
  readonly latest: readonly LatestSeriesValue[];
}) {
  const nowMs = useBeatMs();
  const isGatewaySilent = useIsGatewaySilent(bed);
  const [entry, setEntry] = useState<BedsideEntry | null>(null);
  const isValid = isEntryValid(entry, nowMs);
  useEffect(() => {
    if (!isValid) setEntry(null);
  }, [isValid]);
  const input = news2Input(latest, { nowMs, isGatewaySilent, findings: bed.findings }, entry);
  const result = news2(input);
  return (
    <section className="news2" aria-labelledby="news2-title">
      <h3 id="news2-title">
        NEWS2 <span className="quiet">advisory</span>
      </h3>
      <div className="news2-body">
        <Total result={result} />
        <ul className="news2-parts">
          {result.parts.map((part) => (
            <li key={part.name} className="news2-part" data-score={"score" in part ? part.score : "missing"}>
              <Part part={part} entry={isValid ? entry : null} scale={input.spo2Scale} />
            </li>
          ))}
        </ul>
      </div>
      <BedsideForm
        enteredAtMs={isValid ? entry.enteredAtMs : null}
        validUntilMs={isValid ? entry.enteredAtMs + BEDSIDE_ENTRY_VALID_MS : null}
        onEnter={(entered) => setEntry({ ...entered, enteredAtMs: nowMs })}
        onClear={() => setEntry(null)}
      />
      <p className="quiet news2-source">
        {NEWS2_LIMITS} {NEWS2_SOURCE}.
      </p>
    </section>
  );
}

function Total({ result }: { readonly result: News2 }) {
  const { total, risk, missing } = result;
  const advice = news2Advice(result);
  return (
    <div className="news2-total" data-risk={risk ?? "none"} aria-live="polite">
      <p className="news2-figure">
        {total === null || risk === null ? "No total" : `${total} · ${NEWS2_RISK_WORDS[risk]}`}
      </p>
      {missing.length === 0 ? null : (
        <p>
          {missing.length} of 7 missing:{" "}
          {missing.map((name) => NEWS2_PART_WORDS[name].toLowerCase()).join(", ")}.
        </p>
      )}
      {advice === null ? null : <p>{advice}</p>}
    </div>
  );
}

const UNITS = {
  respiration: "/min",
  "oxygen-saturation": "%",
  "air-or-oxygen": "",
  "systolic-pressure": "mmHg",
  pulse: "/min",
  consciousness: "",
  temperature: "°C",
} as const satisfies Record<News2Part["name"], string>;

function Part({
  part,
  entry,
  scale,
}: {
  readonly part: News2Part;
  readonly entry: BedsideEntry | null;
  readonly scale: 1 | 2;
}) {
  const isEntered = part.name === "consciousness" || part.name === "air-or-oxygen";
  return (
    <>
      <p className="news2-name">
        {NEWS2_PART_WORDS[part.name]}
        {part.name === "oxygen-saturation" ? ` (scale ${scale})` : ""}
      </p>
      {"score" in part ? (
        <>
          <p className="news2-score">{part.score}</p>
          <p>
            {valueWordsOf(part)} {UNITS[part.name]}
          </p>
          {isEntered && entry !== null ? (
            <p className="quiet">entered by you at {clockWords(entry.enteredAtMs)}</p>
          ) : null}
        </>
      ) : (
        <>
          <p className="news2-score">–</p>
          <p>
            <strong>Missing.</strong> {part.missing}
          </p>
        </>
      )}
    </>
  );
}

function valueWordsOf({ name, value }: News2Part): string {
  if (name === "air-or-oxygen") return value === "oxygen" ? "Oxygen" : "Air";
  const words: Readonly<Record<string, string>> = CONSCIOUSNESS_WORDS;
  return words[String(value)] ?? String(value);
}
