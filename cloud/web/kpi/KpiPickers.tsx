import type { HospitalLayout } from "../live/board-layout.ts";
import { FIGURES, type FigureName } from "./figure-words.ts";
import { PERIOD_NAMES, PERIOD_WORDS, type PeriodName } from "./kpi-period.ts";
import type { KpiPlace } from "./use-kpi.ts";

/** Which period, place and figure; all of it stands in the URL. */
export function KpiPickers({
  layout,
  period,
  place,
  onChange,
}: {
  readonly layout: readonly HospitalLayout[];
  readonly period: PeriodName;
  readonly place: KpiPlace;
  onChange(change: Readonly<Record<string, string | null>>): void;
}) {
  return (
    <search className="kpi-pickers">
      <label>
        Period
        <select
          className="control"
          value={period}
          onChange={({ target }) => onChange({ period: target.value })}
        >
          {PERIOD_NAMES.map((name) => (
            <option key={name} value={name}>
              {PERIOD_WORDS[name]}
            </option>
          ))}
        </select>
      </label>
      <label>
        Where
        <select
          className="control"
          value={`${place.hospital ?? ""} ${place.ward ?? ""}`.trim()}
          onChange={({ target }) => {
            const [hospital = "", ward = ""] = target.value.split(" ");
            onChange({ hospital: hospital || null, ward: ward || null });
          }}
        >
          <option value="">{layout.length === 1 ? "The whole hospital" : "All hospitals"}</option>
          {layout.map(({ hospitalId, name, wards }) => (
            <optgroup key={hospitalId} label={name}>
              <option value={hospitalId}>{name}, all wards</option>
              {wards.map((ward) => (
                <option key={ward.wardId} value={`${hospitalId} ${ward.wardId}`}>
                  {ward.name}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
    </search>
  );
}

export function FigurePicker({
  figure,
  onChange,
}: {
  readonly figure: FigureName;
  onChange(figure: string): void;
}) {
  return (
    <label className="kpi-figure-picker">
      Figure
      <select className="control" value={figure} onChange={({ target }) => onChange(target.value)}>
        {FIGURES.map(({ name, words }) => (
          <option key={name} value={name}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
