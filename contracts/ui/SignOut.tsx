import { useState } from "react";

/** Ends the session on the server and loads the page anew: what this browser showed is then gone from it, too. */
export function SignOut() {
  const [hasFailed, setFailed] = useState(false);
  const signOut = async () => {
    const isDone = await endSession();
    if (isDone) location.assign("/");
    setFailed(!isDone);
  };
  return (
    <button type="button" className="control" onClick={signOut}>
      {hasFailed ? "Still signed in. Try again" : "Sign out"}
    </button>
  );
}

async function endSession(): Promise<boolean> {
  try {
    const { ok, status } = await fetch("/api/v1/session", { method: "DELETE" });
    return ok || status === 401;
  } catch {
    return false;
  }
}
