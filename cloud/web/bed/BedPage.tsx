import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";

export function BedPage() {
  return (
    <StatePanel title="Bed">
      <p>Nothing is shown here yet.</p>
    </StatePanel>
  );
}
