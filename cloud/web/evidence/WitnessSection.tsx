import { Age } from "../../../contracts/ui/Age.tsx";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import type { EvidenceHealth } from "../../../contracts/wire/evidence.ts";
import { behindWords, KEY_STATE_WORDS } from "./health-words.ts";
import { countWords } from "./proof-words.ts";

type Gateway = EvidenceHealth["gateways"][number];
type OfGateway = { readonly gateway: Gateway };
const momentOf = (at: string | null) => (at === null ? null : Date.parse(at));

/** Each gateway twice: as the owner of a log, and as a witness of this service's. */
export function WitnessSection({ health: { gateways, network } }: { readonly health: EvidenceHealth }) {
  return (
    <section className="health-section" aria-labelledby="witnesses-title">
      <h3 id="witnesses-title">Gateways and witnesses</h3>
      <p className="quiet">
        Each gateway signs its own log, and as a witness checks that this service’s log only grows. One that
        is behind has not been heard, or has not signed yet.
      </p>
      {gateways.length === 0 ? (
        <p>None is set up. Without another hospital’s gateway, nothing is witnessed.</p>
      ) : (
        <FactTable
          labelledBy="witnesses-title"
          keyOf={({ gatewayId }) => gatewayId}
          rows={gateways}
          columns={[
            {
              name: "Gateway",
              cell: ({ gatewayId, hospitalId }) => (
                <>
                  {gatewayId} <span className="block quiet">{hospitalId}</span>
                </>
              ),
            },
            { name: "Its log", cell: (gateway) => <OwnLog gateway={gateway} /> },
            { name: "Heard", cell: ({ heardAt }) => <Age atMs={momentOf(heardAt)} /> },
            { name: "Its key", cell: (gateway) => <Key gateway={gateway} /> },
            {
              name: "Witnessed",
              cell: (gateway) => <Cosigned gateway={gateway} networkSize={network.size} />,
            },
            { name: "State", cell: (gateway) => <State gateway={gateway} /> },
          ]}
        />
      )}
    </section>
  );
}

function OwnLog({ gateway: { origin, size, signedAt } }: OfGateway) {
  if (origin === null) return <span className="quiet">nothing signed yet</span>;
  return (
    <>
      {countWords(size)} entries
      <span className="quiet block">
        signed <Age atMs={momentOf(signedAt)} />
      </span>
    </>
  );
}

function Key({ gateway: { keyState, publicKey } }: OfGateway) {
  return (
    <>
      {keyState === "revoked" ? (
        <span className="badge badge-strong">Withdrawn</span>
      ) : (
        KEY_STATE_WORDS[keyState]
      )}
      {publicKey === null ? null : <code className="block quiet">{publicKey}</code>}
    </>
  );
}

function Cosigned({
  gateway: { cosignedSize, cosignedAt },
  networkSize,
}: OfGateway & { readonly networkSize: number }) {
  if (cosignedAt === null) return <span className="quiet">never</span>;
  return (
    <>
      {countWords(cosignedSize)} entries <Age atMs={momentOf(cosignedAt)} />
      <span className="quiet block">{behindWords(cosignedSize, networkSize)}</span>
    </>
  );
}

function State({ gateway: { halted } }: OfGateway) {
  if (halted === null) return "taken";
  return (
    <>
      <span className="badge badge-strong">Halted</span> <span className="block">{halted}</span>
    </>
  );
}
