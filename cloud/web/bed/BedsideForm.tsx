import { useState } from "react";
import { CONSCIOUSNESS } from "../../../contracts/scores/news2.ts";
import { CONSCIOUSNESS_WORDS } from "../../../contracts/scores/news2-words.ts";
import { clockWords } from "../../../contracts/ui/clock-words.ts";
import type { BedsideEntry } from "./news2-input.ts";

type Entered = Omit<BedsideEntry, "enteredAtMs">;

/** What only a person at the bedside can say. Nothing is chosen beforehand, so that nothing is said by not choosing. */
export function BedsideForm({
  enteredAtMs,
  validUntilMs,
  onEnter,
  onClear,
}: {
  readonly enteredAtMs: number | null;
  readonly validUntilMs: number | null;
  onEnter(entered: Entered): void;
  onClear(): void;
}) {
  const [breathes, setBreathes] = useState("");
  const [consciousness, setConsciousness] = useState("");
  const [scale, setScale] = useState("1");
  const known = CONSCIOUSNESS.find((each) => each === consciousness);
  const isComplete = known !== undefined && (breathes === "air" || breathes === "oxygen");
  const enter = () => {
    if (known === undefined || (breathes !== "air" && breathes !== "oxygen")) return;
    onEnter({ airOrOxygen: breathes, consciousness: known, spo2Scale: scale === "2" ? 2 : 1 });
  };
  const clear = () => {
    setBreathes("");
    setConsciousness("");
    setScale("1");
    onClear();
  };
  return (
    <form
      className="bedside"
      onSubmit={(event) => {
        event.preventDefault();
        enter();
      }}
    >
      <label>
        <span className="quiet">The patient breathes</span>
        <select className="control" value={breathes} onChange={({ target }) => setBreathes(target.value)}>
          <option value="">Choose</option>
          <option value="air">Air</option>
          <option value="oxygen">Oxygen</option>
        </select>
      </label>
      <label>
        <span className="quiet">Consciousness (ACVPU)</span>
        <select
          className="control"
          value={consciousness}
          onChange={({ target }) => setConsciousness(target.value)}
        >
          <option value="">Choose</option>
          {CONSCIOUSNESS.map((each) => (
            <option key={each} value={each}>
              {CONSCIOUSNESS_WORDS[each]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span className="quiet">SpO₂ scale</span>
        <select className="control" value={scale} onChange={({ target }) => setScale(target.value)}>
          <option value="1">Scale 1</option>
          <option value="2">Scale 2 (target 88–92 % set by a clinician)</option>
        </select>
      </label>
      <button type="submit" className="control" aria-disabled={!isComplete}>
        Enter for this calculation
      </button>
      <button type="button" className="control" onClick={clear}>
        Clear
      </button>
      <p className="quiet bedside-note" role="status">
        {enteredAtMs === null || validUntilMs === null
          ? "No sensor says these. They stay on this page, are not stored, and count for 15 minutes."
          : `Entered by you at ${clockWords(enteredAtMs)}, counts until ${clockWords(validUntilMs)}. Not stored; gone when you leave this page.`}
      </p>
    </form>
  );
}
