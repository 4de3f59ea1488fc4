import { Link } from "wouter";
import { Age } from "../../../contracts/ui/Age.tsx";
import { useClock } from "../../../contracts/ui/ClockContext.tsx";
import { exactMomentWords } from "../../../contracts/ui/clock-words.ts";
import { FINDING_KIND_WORDS } from "../../../contracts/ui/finding-words.ts";
import { METRIC_WORDS, valueWords } from "../../../contracts/ui/metric-words.ts";
import type { SuspectSensor } from "../../../contracts/wire/data-health.ts";

/** What gateways hold against sensors, each with what shows it and what to do. */
export function SuspectSection({ suspects }: { readonly suspects: readonly SuspectSensor[] }) {
  return (
    <section className="health-section" aria-labelledby="suspects-title">
      <h3 id="suspects-title">Suspect sensors</h3>
      <p className="quiet">
        The gateway judges, with the readings at hand. Standing still alone is no fault: a healthy SpO₂ stays
        the same for up to two minutes.
      </p>
      {suspects.length === 0 ? (
        <p>None: no gateway holds anything against a sensor.</p>
      ) : (
        <ul className="suspects">
          {suspects.map((suspect) => (
            <li
              key={`${suspect.gatewayId} ${suspect.bedId} ${suspect.deviceId} ${suspect.metric} ${suspect.kind}`}
              className="suspect"
            >
              <Suspect suspect={suspect} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Suspect({ suspect }: { readonly suspect: SuspectSensor }) {
  const { deviceId, metric, kind, since, detail, evidence, bedId, bedLabel, hospitalId } = suspect;
  const clock = useClock();
  return (
    <>
      <p>
        <strong>
          {FINDING_KIND_WORDS[kind]}: {deviceId}
        </strong>
        , {METRIC_WORDS[metric].toLowerCase()}, <Link href={`/beds/${bedId}`}>bed {bedLabel}</Link>
        <span className="quiet">
          , {hospitalId}, found <Age atMs={Date.parse(since)} />
        </span>
      </p>
      <p>{detail}</p>
      {evidence.length === 0 ? (
        <p className="quiet">No single readings were named as its evidence.</p>
      ) : (
        <ul className="suspect-evidence quiet" aria-label="Evidence">
          {evidence.map((each) => (
            <li key={`${each.lane} ${each.seq}`}>
              {METRIC_WORDS[each.metric]}{" "}
              {each.value === null
                ? "(value not shown here)"
                : valueWords(each.metric, each.value, each.unit)}
              , {each.deviceId}, {exactMomentWords(Date.parse(each.observedAt), clock.beatMs())}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
