import { Age } from "../../../contracts/ui/Age.tsx";
import type { EvidenceHealth } from "../../../contracts/wire/evidence.ts";
import { ALARM_WORDS } from "./health-words.ts";

/** What shows that somebody or something lied, and what to do about it. None: no section. */
export function AlarmSection({ alarms }: Pick<EvidenceHealth, "alarms">) {
  if (alarms.length === 0) return null;
  return (
    <section className="health-section" aria-labelledby="alarms-title">
      <h3 id="alarms-title">To look at</h3>
      <ul className="suspects">
        {alarms.map(({ alarmId, at, kind, gatewayId, detail }) => (
          <li key={alarmId} className="suspect">
            <p>
              <strong>{ALARM_WORDS[kind].title}</strong>
              {gatewayId === null ? null : `: ${gatewayId}`}{" "}
              <span className="quiet">
                <Age atMs={Date.parse(at)} />
              </span>
            </p>
            <p>{ALARM_WORDS[kind].todo}</p>
            <p className="quiet evidence-detail">{detail}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
