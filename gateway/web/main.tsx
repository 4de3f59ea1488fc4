import "../../contracts/ui/zod-without-eval.ts";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ClockContext } from "../../contracts/ui/ClockContext.tsx";
import { createQueryClient } from "../../contracts/ui/query-client.ts";
import { readTheme, showTheme } from "../../contracts/ui/theme.ts";
import { startBrowserClock } from "../../contracts/ui/ticking-clock.ts";
import { StatusPage } from "./status/StatusPage.tsx";
import "../../contracts/ui/tokens.css";
import "../../contracts/ui/base.css";

showTheme(readTheme());
const clock = startBrowserClock();
const queries = createQueryClient();

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no place for the status");
createRoot(root).render(
  <StrictMode>
    <ClockContext value={clock}>
      <QueryClientProvider client={queries}>
        <StatusPage />
      </QueryClientProvider>
    </ClockContext>
  </StrictMode>,
);
