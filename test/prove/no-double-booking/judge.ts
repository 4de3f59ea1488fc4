/** What the database holds, looked at by SQL and by the record of events; nothing of the service's code decides here. */
import type pg from "pg";
import type { Known } from "./client.ts";

const OCCUPYING = "('arrived', 'admitted', 'on-leave')";

/** At this instant: beds with more than one claim, encounters in more than one bed. */
export async function doublesNow(db: pg.Pool): Promise<string[]> {
  const { rows } = await db.query<{ what: string }>(`
    WITH clock AS (SELECT began_ms + (extract(epoch FROM clock_timestamp()) * 1000 - began_ms) * speed + jump_ms AS now_ms
      FROM proof_clock),
    claim AS (SELECT bed_id, encounter_id, state, during FROM bookings, clock
      WHERE state IN ('held', 'requested', 'reserved', 'assigned', 'arrived', 'admitted', 'on-leave')
        AND (expires_at_ms IS NULL OR expires_at_ms > now_ms) AND lower(during) <= now_ms)
    SELECT 'bed ' || bed_id AS what FROM claim GROUP BY bed_id HAVING count(*) > 1
    UNION ALL
    SELECT 'encounter ' || encounter_id FROM claim WHERE state IN ${OCCUPYING}
      GROUP BY encounter_id HAVING count(*) > 1`);
  return rows.map(({ what }) => what);
}

type Recorded = {
  readonly kind: string;
  readonly bedId: string;
  readonly body: {
    readonly bookingId: string;
    readonly encounterId: string;
    readonly state: string;
    readonly expiresAt: string | null;
  };
  readonly heldAtMs: string;
};

const LIVE = ["held", "requested", "reserved", "assigned", "arrived", "admitted", "on-leave"];

/**
 * Goes through what was done in the order in which it became true. A claim that begins finds its bed without another,
 * or only with holds whose time was over. Positions count, not times: the clock has jumped.
 */
export async function doublesInHistory(
  db: pg.Pool,
): Promise<{ beds: string[]; encounters: string[]; claims: number }> {
  const { rows } = await db.query<Recorded>(`
    SELECT event.kind, event.bed_id AS "bedId", event.body, booking.created_at_ms AS "heldAtMs"
    FROM desk_events event JOIN bookings booking ON booking.booking_id::text = event.subject_id
    WHERE event.topic = 'bookings' ORDER BY event.position`);
  const standing = new Map<string, Map<string, string | null>>();
  const inBed = new Map<string, Set<string>>();
  const beds: string[] = [];
  const encounters: string[] = [];
  let claims = 0;
  for (const { kind, bedId, body, heldAtMs } of rows) {
    const { bookingId, encounterId, state, expiresAt } = body;
    const onBed = standing.get(bedId) ?? new Map<string, string | null>();
    standing.set(bedId, onBed);
    if (kind === "booking-held") {
      claims += 1;
      for (const [other, until] of onBed)
        if (until === null || Date.parse(until) > Number(heldAtMs))
          beds.push(`${bedId}: ${other}, ${bookingId}`);
    }
    if (LIVE.includes(state)) onBed.set(bookingId, expiresAt);
    else onBed.delete(bookingId);
    const has = inBed.get(encounterId) ?? new Set<string>();
    inBed.set(encounterId, has);
    if (["arrived", "admitted", "on-leave"].includes(state)) has.add(bookingId);
    else has.delete(bookingId);
    if (has.size > 1) encounters.push(encounterId);
  }
  return { beds, encounters, claims };
}

/** The tables' own ranges: those of live claims, and of stays, which are never two of one bed at a time. */
export async function overlapsInTables(db: pg.Pool): Promise<number> {
  const { rows } = await db.query<{ count: string }>(`
    SELECT (SELECT count(*) FROM bookings one JOIN bookings two ON one.bed_id = two.bed_id
        AND one.booking_id < two.booking_id AND one.during && two.during
        WHERE one.is_live AND two.is_live)
      + (SELECT count(*) FROM stays one JOIN stays two ON one.bed_id = two.bed_id AND one.stay_id < two.stay_id
        AND one.during && two.during WHERE one.is_current AND two.is_current) AS count`);
  return Number(rows[0]?.count ?? -1);
}

/** What a client was told last is what is stored, except for what the service itself did since: a hold lapsed. */
export async function compareAnswers(
  db: pg.Pool,
  known: ReadonlyMap<string, Known>,
): Promise<{ compared: number; differing: string[]; unknownToClients: number }> {
  const { rows } = await db.query<{
    bookingId: string;
    state: string;
    version: number;
    fencingToken: string;
  }>(`SELECT booking_id AS "bookingId", state, version, fencing_token AS "fencingToken" FROM bookings`);
  const stored = new Map(rows.map((row) => [row.bookingId, row]));
  const differing: string[] = [];
  for (const [bookingId, told] of known) {
    const row = stored.get(bookingId);
    const isSame =
      row?.version === told.version &&
      Number(row.fencingToken) === told.fencingToken &&
      (row.state === told.state || told.state === "expired");
    const hasLapsed =
      row?.version === told.version + 1 &&
      row.state === "expired" &&
      ["held", "requested", "expired"].includes(told.state);
    if (!isSame && !hasLapsed)
      differing.push(`${bookingId}: told ${JSON.stringify(told)}, stored ${JSON.stringify(row)}`);
  }
  const unknownToClients = rows.filter(({ bookingId }) => !known.has(bookingId)).length;
  return { compared: known.size, differing, unknownToClients };
}
