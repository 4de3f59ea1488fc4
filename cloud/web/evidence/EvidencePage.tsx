import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { Age } from "../../../contracts/ui/Age.tsx";
import { durationWords } from "../../../contracts/ui/age-words.ts";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { Figure, Figures } from "../../../contracts/ui/Figures.tsx";
import { failureWords } from "../../../contracts/ui/failure-words.ts";
import { ReadError, readJson } from "../../../contracts/ui/read-json.ts";
import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";
import { EvidenceHealth } from "../../../contracts/wire/evidence.ts";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { PageSkeleton } from "../environment/PageSkeleton.tsx";
import { AlarmSection } from "./AlarmSection.tsx";
import { AnchorSection } from "./AnchorSection.tsx";
import { ErasureSection } from "./ErasureSection.tsx";
import { shortGasWords } from "./health-words.ts";
import { countWords } from "./proof-words.ts";
import { WitnessSection } from "./WitnessSection.tsx";
import "../data-health/data-health.css";
import "./evidence.css";

const ASKED_EVERY_MS = 5_000;
const momentOf = (at: string | null) => (at === null ? null : Date.parse(at));

/** How the logs are, who witnesses them, how old the anchor is, and what somebody has to look at. */
export function EvidencePage() {
  const { data, error, refetch } = useQuery({
    queryKey: ["evidence-health"],
    queryFn: ({ signal }) => readJson(EvidenceHealth, "/api/v1/evidence/health", signal),
    refetchInterval: ASKED_EVERY_MS,
    placeholderData: keepPreviousData,
  });
  if (data === undefined)
    return error === null ? (
      <PageSkeleton words="Loading how the evidence is" />
    ) : (
      <NoHealth error={error} retry={() => void refetch()} />
    );
  return (
    <div className="health evidence desaturates">
      <header className="health-head">
        <h2>How the evidence is</h2>
        <Link href="/verify" className="control control-link">
          Check a file
        </Link>
      </header>
      {error === null ? null : <FailureNote error={error} retry={() => void refetch()} />}
      <HealthFigures health={data} />
      <AlarmSection alarms={data.alarms} />
      <WitnessSection health={data} />
      <AnchorSection anchor={data.anchor} networkSize={data.network.size} />
      <ErasureSection />
      <NetworkSection network={data.network} />
    </div>
  );
}

function HealthFigures({
  health: { network, gateways, anchor, alarms },
}: {
  readonly health: EvidenceHealth;
}) {
  const nowMs = useBeatMs();
  const witnesses = gateways.filter(({ keyState, halted }) => keyState === "in-force" && halted === null);
  const anchoredAtMs = momentOf(anchor?.anchoredAt ?? null);
  return (
    <Figures label="Evidence in figures">
      <Figure
        kind="lead"
        name="Entries witnessed"
        value={countWords(network.witnessedSize)}
        note={
          <>
            of {countWords(network.size)}, last <Age atMs={momentOf(network.witnessedAt)} />
          </>
        }
      />
      <Figure
        name="Checkpoint age"
        value={network.signedAt === null ? "none" : durationWords(nowMs - Date.parse(network.signedAt))}
        note="of the network’s log"
      />
      <Figure
        name="Witnesses"
        value={witnesses.length}
        note={`of ${gateways.length} ${gateways.length === 1 ? "gateway" : "gateways"} shown`}
      />
      <Figure
        name="Anchor age"
        value={
          anchor === null ? "none" : anchoredAtMs === null ? "not yet" : durationWords(nowMs - anchoredAtMs)
        }
        note={anchor === null ? "no chain is set up" : anchorNote(anchor)}
      />
      <Figure
        name="Gas spent"
        value={anchor === null ? "–" : shortGasWords(anchor.gasSpent)}
        note={gasNote(anchor)}
      />
      <Figure
        name="Alarms"
        value={alarms.length}
        note={alarms.length === 0 ? "nothing to look at" : "to look at"}
      />
    </Figures>
  );
}

function anchorNote({ blockNumber, anchoredSize }: NonNullable<EvidenceHealth["anchor"]>): string {
  return blockNumber === null
    ? "no root is on the chain"
    : `${countWords(anchoredSize)} entries, block ${countWords(blockNumber)}`;
}

function gasNote(anchor: EvidenceHealth["anchor"]): string {
  if (anchor === null) return "";
  const times = anchor.anchorsCount === 1 ? "1 anchor" : `${countWords(anchor.anchorsCount)} anchors`;
  return anchor.lastGas === null ? times : `${times}, the last ${countWords(anchor.lastGas)}`;
}

function NetworkSection({ network }: { readonly network: EvidenceHealth["network"] }) {
  return (
    <section className="health-section" aria-labelledby="network-title">
      <h3 id="network-title">The network’s log</h3>
      <p className="quiet">
        It takes in what every gateway signs, and every key, document, consent and erasure. Note its name and
        key, and compare them with what others were given: they are what a file is checked against.
      </p>
      <dl className="evidence-facts">
        <dt>Name</dt>
        <dd>{network.origin}</dd>
        <dt>Public key</dt>
        <dd>
          <code>{network.publicKey}</code>
        </dd>
        <dt>Witnesses needed</dt>
        <dd>
          {network.witnessesMin === 0
            ? "none: this service vouches for its log alone"
            : `${network.witnessesMin} beside the gateway whose statement it is`}
        </dd>
      </dl>
    </section>
  );
}

function NoHealth({ error, retry }: { readonly error: Error; retry(): void }) {
  const isDenied = error instanceof ReadError && error.failure.kind === "denied";
  return (
    <StatePanel
      title={isDenied ? "Your role does not open this page" : "How the evidence is could not be loaded"}
      action={{ words: "Try again", run: retry }}
    >
      <p>{error instanceof ReadError ? failureWords(error.failure) : "Something went wrong on this page."}</p>
      <p className="quiet">
        {isDenied
          ? "It is for staff: facility engineers, administrators, coordinators, doctors and nurses."
          : "The gateways go on logging and signing; what they signed is brought later."}
      </p>
    </StatePanel>
  );
}
