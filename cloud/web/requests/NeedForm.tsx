import type { RefObject } from "react";
import {
  AGE_BANDS,
  FEATURES,
  type Feature,
  ISOLATION_NEEDS,
  LEVELS_OF_CARE,
  SEXES,
  URGENCIES,
} from "../../../contracts/booking/vocabulary.ts";
import {
  AGE_BAND_WORDS,
  FEATURE_WORDS,
  ISOLATION_WORDS,
  LEVEL_WORDS,
  SEX_WORDS,
  URGENCY_WORDS,
} from "../../../contracts/ui/booking-words.ts";
import type { Hospital } from "../live/board-facts.ts";
import type { OriginFields } from "./origin.ts";
import type { Wish } from "./quick-need.ts";

const PRIORITIES = [1, 2, 3, 4, 5];

/** The need on one screen: in a few letters, or field by field. Each change is searched for at once. */
export function NeedForm({
  quickField,
  quick,
  unknown,
  wish,
  origin,
  news2,
  hospitals,
  onQuick,
  onWish,
  onOrigin,
  onNews2,
  onEnter,
}: {
  readonly quickField: RefObject<HTMLInputElement | null>;
  readonly quick: string;
  readonly unknown: readonly string[];
  readonly wish: Wish;
  /** Null: of a patient in one of our beds, so that it is known. */
  readonly origin: OriginFields | null;
  readonly news2: string;
  readonly hospitals: readonly Hospital[];
  onQuick(text: string): void;
  onWish(change: Partial<Wish>): void;
  onOrigin(change: Partial<OriginFields>): void;
  onNews2(text: string): void;
  /** Enter in the quick field: hold the first bed. */
  onEnter(): void;
}) {
  const toggle = (feature: Feature, isWanted: boolean) =>
    onWish({
      features: isWanted ? [...wish.features, feature] : wish.features.filter((other) => other !== feature),
    });
  return (
    <form
      className="desk-section need-form"
      aria-label="What is needed"
      onSubmit={(event) => {
        event.preventDefault();
        onEnter();
      }}
    >
      <label className="need-quick">
        <span>
          In a few letters <kbd>/</kbd>
        </span>
        <input
          ref={quickField}
          className="control"
          value={quick}
          placeholder="icu iso"
          autoComplete="off"
          aria-describedby="need-quick-help"
          onChange={({ target }) => onQuick(target.value)}
        />
      </label>
      {/* Enter in a form of several fields presses its button; without one it does nothing. */}
      <button type="submit" className="control need-hold">
        Hold the first bed <kbd>Enter</kbd>
      </button>
      <p id="need-quick-help" className="quiet">
        {unknown.length === 0
          ? "Such as “hdu o2 female p3”. Enter holds the first bed."
          : `Not understood: ${unknown.join(", ")}. It changes nothing.`}
      </p>
      <div className="desk-fields">
        <Choice
          words="Level of care"
          value={wish.levelOfCare}
          values={LEVELS_OF_CARE}
          wordsOf={LEVEL_WORDS}
          onChange={(levelOfCare) => onWish({ levelOfCare })}
        />
        <Choice
          words="Isolation"
          value={wish.isolation}
          values={ISOLATION_NEEDS}
          wordsOf={ISOLATION_WORDS}
          onChange={(isolation) => onWish({ isolation })}
        />
        <Choice
          words="Age"
          value={wish.ageBand}
          values={AGE_BANDS}
          wordsOf={AGE_BAND_WORDS}
          onChange={(ageBand) => onWish({ ageBand })}
        />
        <Choice
          words="Sex"
          value={wish.sex}
          values={SEXES}
          wordsOf={SEX_WORDS}
          onChange={(sex) => onWish({ sex })}
        />
        <Choice
          words="Urgency"
          value={wish.urgency}
          values={URGENCIES}
          wordsOf={URGENCY_WORDS}
          onChange={(urgency) => onWish({ urgency })}
        />
        <label>
          Clinical priority
          <select
            className="control"
            value={wish.clinicalPriority}
            onChange={({ target }) => onWish({ clinicalPriority: Number(target.value) })}
          >
            {PRIORITIES.map((priority) => (
              <option key={priority} value={priority}>
                {priority === 1 ? "1, most acute" : priority === 5 ? "5, least acute" : priority}
              </option>
            ))}
          </select>
        </label>
        <label>
          NEWS2, declared
          <input
            className="control"
            type="number"
            min={0}
            max={20}
            value={news2}
            onChange={({ target }) => onNews2(target.value)}
          />
        </label>
      </div>
      <fieldset className="desk-boxes">
        <legend>Features</legend>
        {FEATURES.map((feature) => (
          <label key={feature}>
            <input
              type="checkbox"
              checked={wish.features.includes(feature)}
              onChange={({ target }) => toggle(feature, target.checked)}
            />{" "}
            {FEATURE_WORDS[feature]}
          </label>
        ))}
      </fieldset>
      {origin === null ? null : <Origin origin={origin} hospitals={hospitals} onOrigin={onOrigin} />}
    </form>
  );
}

function Origin({
  origin,
  hospitals,
  onOrigin,
}: {
  readonly origin: OriginFields;
  readonly hospitals: readonly Hospital[];
  onOrigin(change: Partial<OriginFields>): void;
}) {
  return (
    <div className="desk-fields">
      <label>
        Where the patient is
        <select
          className="control"
          value={origin.hospitalId}
          onChange={({ target }) => onOrigin({ hospitalId: target.value })}
        >
          {hospitals.map(({ hospitalId, name }) => (
            <option key={hospitalId} value={hospitalId}>
              {name}
            </option>
          ))}
          <option value="">Another place</option>
        </select>
      </label>
      {origin.hospitalId !== "" ? null : (
        <>
          <Text words="Place" value={origin.label} onChange={(label) => onOrigin({ label })} />
          <Text words="Latitude" value={origin.latitude} onChange={(latitude) => onOrigin({ latitude })} />
          <Text
            words="Longitude"
            value={origin.longitude}
            onChange={(longitude) => onOrigin({ longitude })}
          />
        </>
      )}
    </div>
  );
}

function Choice<Value extends string>({
  words,
  value,
  values,
  wordsOf,
  onChange,
}: {
  readonly words: string;
  readonly value: Value;
  readonly values: readonly Value[];
  readonly wordsOf: Readonly<Record<Value, string>>;
  onChange(value: Value): void;
}) {
  return (
    <label>
      {words}
      <select
        className="control"
        value={value}
        onChange={({ target }) => {
          const chosen = values.find((each) => each === target.value);
          if (chosen !== undefined) onChange(chosen);
        }}
      >
        {values.map((each) => (
          <option key={each} value={each}>
            {wordsOf[each]}
          </option>
        ))}
      </select>
    </label>
  );
}

function Text({
  words,
  value,
  onChange,
}: {
  readonly words: string;
  readonly value: string;
  onChange(text: string): void;
}) {
  return (
    <label>
      {words}
      <input className="control" value={value} onChange={({ target }) => onChange(target.value)} />
    </label>
  );
}
