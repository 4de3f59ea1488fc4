import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";

export function EnvironmentPage() {
  return (
    <StatePanel title="Environment">
      <p>Nothing is shown here yet.</p>
    </StatePanel>
  );
}
