import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";

export function WardPage() {
  return (
    <StatePanel title="Ward">
      <p>Nothing is shown here yet.</p>
    </StatePanel>
  );
}
