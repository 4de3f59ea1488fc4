import { type ComponentType, useEffect, useState } from "react";
import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";
import { useCode } from "./use-code.ts";

/** Faster than this, saying that something loads is only a flicker. */
const SAID_AFTER_MS = 150;

/** A page whose code is a chunk of its own, so that the board starts without it. */
export function loadedLater(load: () => Promise<ComponentType>): ComponentType {
  return function LoadedLater() {
    const { loaded, retry } = useCode(load, true);
    if (loaded.kind === "here") return <loaded.Code />;
    if (loaded.kind === "waiting") return <Loading />;
    return (
      <StatePanel title="This page could not be loaded" action={{ words: "Try again", run: retry }}>
        <p>The service did not send the page’s own code. The other pages go on.</p>
      </StatePanel>
    );
  };
}

function Loading() {
  const [isSaid, setSaid] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSaid(true), SAID_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p className="page-loading quiet" role="status">
      {isSaid ? "Loading the page" : ""}
    </p>
  );
}
