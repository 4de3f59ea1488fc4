/** What goes wrong between people and beds, and what their screens say of it. */
import { GHOST_AFTER_MS } from "../../../contracts/bed/derive.ts";
import { TransferList } from "../../../contracts/wire/transfers.ts";
import type { Journey } from "./journey.ts";
import type { JourneyBed } from "./journey-ward.ts";
import { goTo, SHOWN_AFTER_AHEAD_MS, says, seesTile, shown } from "./screens.ts";
import { requestAndHold } from "./stay.ts";

/** Of an emergency by the hospital's policy, and the time that the sweeper takes. */
const HOLD_LAPSES_AFTER_MS = 15 * 60_000;

/** Somebody is faster while the own hold is on its way. */
export async function lostRace({ coordinator, other, notes }: Journey): Promise<void> {
  let wanted = "";
  await coordinator.route(
    "**/api/v1/bookings",
    async (route) => {
      wanted = (route.request().postDataJSON() as { bedId: string }).bedId;
      await other.hold(wanted, "intensive");
      await route.continue();
    },
    { times: 1 },
  );
  for (const key of ["/", "i", "c", "u"]) await coordinator.keyboard.press(key);
  const sinceMs = Date.now();
  await coordinator.keyboard.press("Enter");
  const words = "another was faster|an emergency coordinator has it|instead";
  notes.seen(
    "lost race told, with who and the next best",
    await shown(coordinator, "lost", sinceMs, says, words),
  );
  const againMs = Date.now();
  await coordinator.getByRole("button", { name: /^Hold bed .* instead/ }).click();
  const loser = wanted === "icu-1" ? "icu-2" : "icu-1";
  // The winner's hold is the team's too, and stands there already.
  const both = `held: bed ${loser}|bed icu-1 for|bed icu-2 for`;
  notes.seen("next best held", await shown(coordinator, "held", againMs, says, both));
  notes.expect((await other.bookingOf(loser)) !== undefined, "the next best is held");
}

/** Nobody confirms; the screen says that the hold is over, and both beds can be booked again. */
export async function expiry(journey: Journey): Promise<void> {
  const { coordinator, board, notes } = journey;
  const sinceMs = Date.now();
  await journey.ahead(HOLD_LAPSES_AFTER_MS);
  notes.seen(
    "expiry told",
    await shown(coordinator, "expired", sinceMs, says, "no longer held|expired", SHOWN_AFTER_AHEAD_MS),
  );
  notes.seen(
    "lapsed to bookable",
    await seesTile(board, "icu-1", "available", true, sinceMs, SHOWN_AFTER_AHEAD_MS),
  );
  // Both: a colleague's hold is the team's too.
  for (let n = 0; n < 2; n += 1)
    await coordinator.getByRole("button", { name: "Understood" }).first().click();
}

async function admitted({ other, ward, bedside, board, notes }: Journey, bedId: JourneyBed): Promise<void> {
  let booking = await other.hold(bedId, "general");
  booking = await other.step(booking, "request");
  booking = await ward.step(booking, "accept");
  const sinceMs = await bedside.say(bedId, true);
  notes.seen("MQTT present to tile", await seesTile(board, bedId, "occupied", false, sinceMs));
  await ward.step(await again(ward, bedId), "admit");
}

/**
 * Who is in bed before the clocks are set far ahead: two who were admitted and one whom nobody put there. A bed that has
 * long been empty is slow to believe that somebody is in it.
 */
export async function layPatients(journey: Journey): Promise<void> {
  const { bedside, board, notes } = journey;
  await admitted(journey, "general-1");
  await admitted(journey, "general-3");
  const satMs = await bedside.say("general-2", true);
  notes.seen("MQTT present to tile", await seesTile(board, "general-2", "occupied", false, satMs));
}

async function again(caller: Journey["ward"], bedId: JourneyBed) {
  const booking = await caller.bookingOf(bedId);
  if (booking === undefined) throw new Error(`${bedId} has no live booking`);
  return booking;
}

const isAway = (bedId: string) =>
  document.querySelector(`[data-bed-id="${bedId}"]`)?.getAttribute("data-badges")?.includes("away") === true;

/** One admitted and gone, one there whom nobody put there; half an hour later both are conflicts. */
export async function ghostAndSquat(journey: Journey): Promise<void> {
  const { board, nurse, bedside, notes, ward } = journey;
  const leftMs = await bedside.say("general-1", false);
  // Admitted, and away for now.
  notes.seen("MQTT absent to tile", await shown(board, "general-1 away", leftMs, isAway, "general-1"));
  await goTo(nurse, "Conflicts");
  const sinceMs = Date.now();
  await journey.ahead(GHOST_AFTER_MS + 1_000);
  notes.seen(
    "ghost told",
    await shown(
      nurse,
      "ghost",
      sinceMs,
      says,
      "admitted, and the bed is empty|general-1",
      SHOWN_AFTER_AHEAD_MS,
    ),
  );
  notes.seen(
    "squat told",
    await shown(
      nurse,
      "squat",
      sinceMs,
      says,
      "somebody lies where nobody was put|general-2",
      SHOWN_AFTER_AHEAD_MS,
    ),
  );
  notes.expect((await again(ward, "general-1")).state === "admitted", "an empty bed discharges nobody");
  const goneMs = await bedside.say("general-2", false);
  const gone = (words: string) => !document.querySelector("main")?.textContent?.includes(words);
  notes.seen("MQTT absent to squat over", await shown(nurse, "over", goneMs, gone, "nobody was put"));
}

/** The destination is lost when the patient is on the way: the bed of origin is still theirs. */
export async function failedTransfer(journey: Journey): Promise<void> {
  const { coordinator, other, ward, board, notes } = journey;
  const { bookingId: fromId, callName } = await again(other, "general-3");
  await goTo(coordinator, "Bookings");
  await coordinator.getByRole("link", { name: `Find another bed for ${callName}` }).click();
  await coordinator.getByRole("heading", { name: `Another bed for ${callName}` }).waitFor();
  const { bedId: toId } = await requestAndHold(journey, "transfer begun", `${callName}|bed held`);
  await other.step(await again(other, toId), "request");
  await ward.step(await again(ward, toId), "accept");
  for (const name of ["Order transport", "Has left"])
    await coordinator.getByRole("button", { name: `${name} ${callName}` }).click();
  await shown(coordinator, "on the way", Date.now(), says, "on the way");
  const lostMs = Date.now();
  await ward.step(await again(ward, toId), "cancel");
  notes.seen(
    "destination lost told",
    await shown(coordinator, "lost", lostMs, says, "the bed was lost: find another"),
  );
  const { transfers } = await other.call(TransferList, { method: "GET", path: "/api/v1/transfers" });
  const transfer = transfers.find((one) => one.from.bookingId === fromId);
  notes.expect(
    transfer?.state === "failed" && transfer.to === null,
    "the transfer failed and has no destination",
  );
  notes.expect(
    (await again(ward, "general-3")).state === "admitted",
    "the bed of origin is still the patient's",
  );
  notes.seen("lost destination bookable", await seesTile(board, toId, "available", true, lostMs));
}
