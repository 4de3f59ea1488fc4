import { keepPreviousData, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { failureWords } from "../../../contracts/ui/failure-words.ts";
import { createQueryClient } from "../../../contracts/ui/query-client.ts";
import { ReadError, readJson } from "../../../contracts/ui/read-json.ts";
import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";
import { DataHealth } from "../../../contracts/wire/data-health.ts";
import type { HospitalId } from "../../../contracts/wire/ids.ts";
import { useAddress, useShownBoard } from "../board/BoardContext.tsx";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { HospitalPicker } from "../environment/HospitalPicker.tsx";
import { PageSkeleton } from "../environment/PageSkeleton.tsx";
import { DeviceSection } from "./DeviceSection.tsx";
import { GatewaySection } from "./GatewaySection.tsx";
import { HealthFigures } from "./HealthFigures.tsx";
import { MatrixSection } from "./MatrixSection.tsx";
import { NoisySection } from "./NoisySection.tsx";
import { StoreSection } from "./StoreSection.tsx";
import { SuspectSection } from "./SuspectSection.tsx";
import "./data-health.css";

/** How well the data is that everything else on these pages rests on. */
export function DataHealthPage() {
  const [queries] = useState(createQueryClient);
  const { filter } = useAddress();
  return (
    <QueryClientProvider client={queries}>
      <Health hospitalId={filter.hospitalId} />
    </QueryClientProvider>
  );
}

const ASKED_EVERY_MS = 10_000;

function Health({ hospitalId }: { readonly hospitalId: HospitalId | null }) {
  const layout = useShownBoard()?.layout ?? [];
  const { data, error, refetch } = useQuery({
    queryKey: ["data-health", hospitalId],
    queryFn: ({ signal }) =>
      readJson(
        DataHealth,
        `/api/v1/data-health${hospitalId === null ? "" : `?hospital=${hospitalId}`}`,
        signal,
      ),
    refetchInterval: ASKED_EVERY_MS,
    placeholderData: keepPreviousData,
  });
  if (data === undefined)
    return error === null ? (
      <PageSkeleton words="Loading how well the data is" />
    ) : (
      <NoHealth error={error} retry={() => void refetch()} />
    );
  return (
    <div className="health desaturates">
      <header className="health-head">
        <h2>How well the data is</h2>
        <HospitalPicker hospitals={layout} />
      </header>
      {error === null ? null : <FailureNote error={error} retry={() => void refetch()} />}
      {data.hospitals.length === 0 || data.gateways.length + data.devices.length === 0 ? (
        <p>
          No gateway and no source is known yet. They appear here by themselves as soon as a gateway is in
          service and has been heard.
        </p>
      ) : (
        <>
          <HealthFigures health={data} />
          <MatrixSection health={data} />
          <SuspectSection suspects={data.suspects} />
          <NoisySection health={data} />
          <GatewaySection gateways={data.gateways} />
          <DeviceSection health={data} />
          <StoreSection stores={data.stores} />
        </>
      )}
    </div>
  );
}

function NoHealth({ error, retry }: { readonly error: Error; retry(): void }) {
  const words =
    error instanceof ReadError ? failureWords(error.failure) : "Something went wrong on this page.";
  const isDenied = error instanceof ReadError && error.failure.kind === "denied";
  return (
    <StatePanel
      title={isDenied ? "Your role does not open this page" : "How well the data is could not be loaded"}
      action={{ words: "Try again", run: retry }}
    >
      <p>{words}</p>
      <p className="quiet">
        {isDenied
          ? "It is for staff: facility engineers, administrators, coordinators, doctors and nurses."
          : "The other pages go on."}
      </p>
    </StatePanel>
  );
}
