import { Link } from "wouter";
import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";

export function NoSuchPage() {
  return (
    <StatePanel title="There is no such page">
      <p>The link that led here is wrong or old.</p>
      <p>
        <Link href="/">Go to the live beds</Link>
      </p>
    </StatePanel>
  );
}
