import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";

export function DataHealthPage() {
  return (
    <StatePanel title="Data health">
      <p>Nothing is shown here yet.</p>
    </StatePanel>
  );
}
