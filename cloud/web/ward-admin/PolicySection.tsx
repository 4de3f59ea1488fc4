import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { URGENCIES } from "../../../contracts/booking/vocabulary.ts";
import { URGENCY_WORDS } from "../../../contracts/ui/booking-words.ts";
import { sendJson } from "../../../contracts/ui/send-json.ts";
import { HospitalPolicyView } from "../../../contracts/wire/ward-desk.ts";
import { useDeskQuery } from "../desk/DeskList.tsx";
import { useNotices } from "../desk/notices.tsx";
import { FailureNote } from "../drawer/FailureNote.tsx";

/** How the hospital books: where it is, for how long it keeps a bed, and whether it agrees without being asked. */
export function PolicySection({ hospitalId }: { readonly hospitalId: string }) {
  const { data, error, refetch } = useDeskQuery(
    "policies",
    HospitalPolicyView,
    `/api/v1/hospitals/${hospitalId}/policy`,
  );
  return (
    <section className="desk-section" aria-labelledby="policy-title">
      <h3 id="policy-title">How this hospital books</h3>
      {error === null ? null : <FailureNote error={error} retry={() => void refetch()} />}
      {data === undefined ? null : <PolicyForm key={data.version} view={data} />}
    </section>
  );
}

function PolicyForm({ view }: { readonly view: HospitalPolicyView }) {
  const queries = useQueryClient();
  const notices = useNotices();
  const [policy, setPolicy] = useState(view.policy);
  const change = (part: Partial<typeof policy>) => setPolicy({ ...policy, ...part });
  const save = async () => {
    try {
      await sendJson(HospitalPolicyView, {
        method: "PUT",
        url: `/api/v1/hospitals/${view.hospitalId}/policy`,
        body: policy,
        version: view.version,
      });
      notices.done("Saved: how this hospital books.");
    } catch (error) {
      notices.failed(error);
    }
    await queries.invalidateQueries({ queryKey: ["policies"] });
  };
  return (
    <form
      className="desk-list"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {view.version > 0 ? null : <p className="quiet">Nothing was ever saved; these are the defaults.</p>}
      <label>
        <input
          type="checkbox"
          checked={policy.autoAccept}
          onChange={({ target }) => change({ autoAccept: target.checked })}
        />{" "}
        Verified beds are reserved without anybody being asked
      </label>
      <div className="desk-fields">
        <Amount words="Latitude" value={policy.latitude} onChange={(latitude) => change({ latitude })} />
        <Amount words="Longitude" value={policy.longitude} onChange={(longitude) => change({ longitude })} />
        {URGENCIES.map((urgency) => (
          <Amount
            key={urgency}
            words={`Hold, ${URGENCY_WORDS[urgency].toLowerCase()}, min`}
            value={policy.holdMinutes[urgency]}
            onChange={(minutes) =>
              change({ holdMinutes: { ...policy.holdMinutes, [urgency]: minutes ?? 0 } })
            }
          />
        ))}
        <Amount
          words="Arrival within, min"
          value={policy.arrivalMinutes}
          onChange={(minutes) => change({ arrivalMinutes: minutes ?? 0 })}
        />
        <Amount
          words="Cleaning, min"
          value={policy.cleaningMinutes.routine}
          onChange={(routine) =>
            change({ cleaningMinutes: { ...policy.cleaningMinutes, routine: routine ?? 0 } })
          }
        />
        <Amount
          words="Terminal cleaning, min"
          value={policy.cleaningMinutes.terminal}
          onChange={(terminal) =>
            change({ cleaningMinutes: { ...policy.cleaningMinutes, terminal: terminal ?? 0 } })
          }
        />
      </div>
      <div className="desk-actions">
        <button type="submit" className="control">
          Save
        </button>
      </div>
    </form>
  );
}

function Amount({
  words,
  value,
  onChange,
}: {
  readonly words: string;
  readonly value: number | null;
  onChange(value: number | null): void;
}) {
  return (
    <label>
      {words}
      <input
        className="control"
        type="number"
        step="any"
        value={value ?? ""}
        onChange={({ target }) => onChange(target.value === "" ? null : Number(target.value))}
      />
    </label>
  );
}
