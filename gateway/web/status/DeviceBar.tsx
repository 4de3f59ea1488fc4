import { SearchField } from "../../../contracts/ui/SearchField.tsx";
import { DEVICE_ORDERS, type DeviceOrder } from "./device-groups.ts";
import { TROUBLE_WORDS, TROUBLES } from "./device-trouble.ts";
import type { DeviceFilter } from "./match-device.ts";
import type { ShownDevice } from "./shown-device.ts";

const ORDER_WORDS: Readonly<Record<DeviceOrder, string>> = { trouble: "Trouble first", link: "Link by link" };

/** Which devices are listed, and in which order. */
export function DeviceBar({
  shown,
  filter,
  order,
  onFilter,
  onOrder,
}: {
  readonly shown: readonly ShownDevice[];
  readonly filter: DeviceFilter;
  readonly order: DeviceOrder;
  onFilter(filter: DeviceFilter): void;
  onOrder(order: DeviceOrder): void;
}) {
  const counted = Map.groupBy(shown, ({ trouble }) => trouble);
  const countOf = (trouble: ShownDevice["trouble"]) => counted.get(trouble)?.length ?? 0;
  return (
    <search className="filter-bar device-bar">
      <SearchField
        label="Find a device by its name, model, link, unit, bed or trouble"
        placeholder="Find a device, bed or trouble"
        text={filter.text}
        onChange={(text) => onFilter({ ...filter, text })}
      />
      <select
        className="control"
        aria-label="Trouble"
        value={filter.trouble ?? ""}
        onChange={({ target: { value } }) => onFilter({ ...filter, trouble: toTrouble(value) })}
      >
        <option value="">All ({shown.length})</option>
        <option value="any">Any trouble ({shown.length - countOf("fine")})</option>
        {TROUBLES.map((trouble) => (
          <option key={trouble} value={trouble}>
            {TROUBLE_WORDS[trouble]} ({countOf(trouble)})
          </option>
        ))}
      </select>
      <select
        className="control"
        aria-label="Order"
        value={order}
        onChange={({ target: { value } }) =>
          onOrder(DEVICE_ORDERS.find((known) => known === value) ?? "trouble")
        }
      >
        {DEVICE_ORDERS.map((known) => (
          <option key={known} value={known}>
            {ORDER_WORDS[known]}
          </option>
        ))}
      </select>
    </search>
  );
}

const toTrouble = (value: string): DeviceFilter["trouble"] =>
  value === "any" ? "any" : (TROUBLES.find((known) => known === value) ?? null);
