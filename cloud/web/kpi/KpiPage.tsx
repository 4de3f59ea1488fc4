import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";

export function KpiPage() {
  return (
    <StatePanel title="KPI">
      <p>Nothing is shown here yet.</p>
    </StatePanel>
  );
}
