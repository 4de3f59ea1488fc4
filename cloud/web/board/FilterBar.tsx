import { DISPLAY_STATES } from "../../../contracts/bed/derive.ts";
import { SearchField } from "../../../contracts/ui/SearchField.tsx";
import { STATE_TOKENS } from "../../../contracts/ui/states.ts";
import { type BoardFilter, isFiltering, NO_FILTER } from "../address/address.ts";
import type { Hospital } from "../live/board-facts.ts";
import { useAddress, useBoardParts } from "./BoardContext.tsx";
import "./filter-bar.css";

export function FilterBar({ hospitals }: { readonly hospitals: readonly Hospital[] }) {
  const { filter } = useAddress();
  const { setFilter } = useBoardParts().addressBar;
  const change = (part: Partial<BoardFilter>) => setFilter({ ...filter, ...part });
  // The button goes with the filter; who pressed it goes on with the beds.
  const showAll = () => {
    setFilter(NO_FILTER);
    document.getElementById("beds")?.focus();
  };
  return (
    <search className="filter-bar board-filter">
      <SearchField
        label="Find a bed by label, room, ward, state or what it offers"
        placeholder="Find a bed, room or ward"
        text={filter.text}
        onChange={(text) => change({ text })}
      />
      <select
        className="control"
        aria-label="Hospital"
        value={filter.hospitalId ?? ""}
        onChange={({ target }) =>
          change({
            hospitalId: hospitals.find((known) => known.hospitalId === target.value)?.hospitalId ?? null,
          })
        }
      >
        <option value="">All hospitals</option>
        {hospitals.map(({ hospitalId, name }) => (
          <option key={hospitalId} value={hospitalId}>
            {name}
          </option>
        ))}
      </select>
      <select
        className="control"
        aria-label="State"
        value={filter.state ?? ""}
        onChange={({ target }) =>
          change({ state: DISPLAY_STATES.find((state) => state === target.value) ?? null })
        }
      >
        <option value="">All states</option>
        {DISPLAY_STATES.map((state) => (
          <option key={state} value={state}>
            {STATE_TOKENS[state].word}
          </option>
        ))}
      </select>
      <label className="control filter-check">
        <input
          type="checkbox"
          checked={filter.bookableOnly}
          onChange={({ target }) => change({ bookableOnly: target.checked })}
        />
        Bookable only
      </label>
      {isFiltering(filter) ? (
        <button type="button" className="control" onClick={showAll}>
          Show all beds
        </button>
      ) : null}
    </search>
  );
}
