import type { HospitalId } from "../../../contracts/wire/ids.ts";
import { useAddress, useBoardParts } from "../board/BoardContext.tsx";

type Named = { readonly hospitalId: HospitalId; readonly name: string };

/** Which hospital a page is about, kept in its URL as `?hospital=`; of a single one there is nothing to choose. */
export function HospitalPicker({ hospitals }: { readonly hospitals: readonly Named[] }) {
  const { filter } = useAddress();
  const { setFilter } = useBoardParts().addressBar;
  if (hospitals.length < 2) return null;
  return (
    <select
      className="control"
      aria-label="Hospital"
      value={filter.hospitalId ?? ""}
      onChange={({ target }) =>
        setFilter({
          ...filter,
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
  );
}
