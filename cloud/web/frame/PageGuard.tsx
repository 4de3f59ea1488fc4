import { Component, type ReactNode } from "react";
import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";

type Props = { readonly children: ReactNode };

/** A page that breaks takes nothing with it: the way to the others stays, and the board goes on. */
export class PageGuard extends Component<Props, { readonly hasBroken: boolean }> {
  override state = { hasBroken: false };

  static getDerivedStateFromError() {
    return { hasBroken: true };
  }

  override render() {
    if (!this.state.hasBroken) return this.props.children;
    return (
      <StatePanel
        title="This page has broken"
        action={{ words: "Load the page again", run: () => location.reload() }}
      >
        <p>Nothing on it can be relied on, so nothing of it is shown. The other pages are not affected.</p>
        <p className="quiet">What went wrong stands in the browser’s console.</p>
      </StatePanel>
    );
  }
}
