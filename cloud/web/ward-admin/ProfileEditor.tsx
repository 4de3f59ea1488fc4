import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
  AGE_BANDS,
  FEATURES,
  LEVELS_OF_CARE,
  LevelOfCare,
  SEX_RULES,
  SexRule,
} from "../../../contracts/booking/vocabulary.ts";
import { AGE_BAND_WORDS, FEATURE_WORDS, LEVEL_WORDS } from "../../../contracts/ui/booking-words.ts";
import { sendJson } from "../../../contracts/ui/send-json.ts";
import { type BedProfileBody, BedProfileView } from "../../../contracts/wire/ward-desk.ts";
import { useNotices } from "../desk/notices.tsx";

const NEW_PROFILE: BedProfileBody = {
  levelOfCare: "general",
  features: [],
  ageBands: ["adult"],
  sexRule: "any",
  patientMassKgMax: null,
};

/** One bed's class and what it offers. A page that is out of date is told so, and changes nothing. */
export function ProfileEditor({ bed, onClose }: { readonly bed: BedProfileView; onClose(): void }) {
  const queries = useQueryClient();
  const notices = useNotices();
  const [profile, setProfile] = useState(bed.profile ?? NEW_PROFILE);
  const change = (part: Partial<BedProfileBody>) => setProfile({ ...profile, ...part });
  const save = async () => {
    try {
      await sendJson(BedProfileView, {
        method: "PUT",
        url: `/api/v1/beds/${bed.bedId}/profile`,
        body: profile,
        version: bed.version,
      });
      notices.done(`Saved: bed ${bed.label}.`);
      onClose();
    } catch (error) {
      notices.failed(error);
    }
    await queries.invalidateQueries({ queryKey: ["bed-profiles"] });
  };
  return (
    <form
      className="desk-section"
      aria-label={`Bed ${bed.label}`}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h3>
        Bed {bed.label}, {bed.wardName}
      </h3>
      <div className="desk-fields">
        <label>
          Class
          <select
            className="control"
            value={profile.levelOfCare}
            onChange={({ target }) => change({ levelOfCare: LevelOfCare.parse(target.value) })}
          >
            {LEVELS_OF_CARE.map((level) => (
              <option key={level} value={level}>
                {LEVEL_WORDS[level]}
              </option>
            ))}
          </select>
        </label>
        <label>
          Sex rule
          <select
            className="control"
            value={profile.sexRule}
            onChange={({ target }) => change({ sexRule: SexRule.parse(target.value) })}
          >
            {SEX_RULES.map((rule) => (
              <option key={rule} value={rule}>
                {rule}
              </option>
            ))}
          </select>
        </label>
        <label>
          Most mass, kg
          <input
            className="control"
            type="number"
            min={1}
            max={500}
            value={profile.patientMassKgMax ?? ""}
            onChange={({ target }) =>
              change({ patientMassKgMax: target.value === "" ? null : Number(target.value) })
            }
          />
        </label>
      </div>
      <Boxes
        words="Features"
        all={FEATURES}
        wordsOf={FEATURE_WORDS}
        chosen={profile.features}
        onChange={(features) => change({ features })}
      />
      <Boxes
        words="Ages"
        all={AGE_BANDS}
        wordsOf={AGE_BAND_WORDS}
        chosen={profile.ageBands}
        onChange={(ageBands) => change({ ageBands })}
      />
      <div className="desk-actions">
        <button type="submit" className="control">
          Save
        </button>
        <button type="button" className="control" onClick={onClose}>
          Leave as it is
        </button>
      </div>
    </form>
  );
}

function Boxes<Value extends string>({
  words,
  all,
  wordsOf,
  chosen,
  onChange,
}: {
  readonly words: string;
  readonly all: readonly Value[];
  readonly wordsOf: Readonly<Record<Value, string>>;
  readonly chosen: readonly Value[];
  onChange(chosen: Value[]): void;
}) {
  return (
    <fieldset className="desk-boxes">
      <legend>{words}</legend>
      {all.map((value) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={({ target }) =>
              onChange(target.checked ? [...chosen, value] : chosen.filter((other) => other !== value))
            }
          />{" "}
          {wordsOf[value]}
        </label>
      ))}
    </fieldset>
  );
}
