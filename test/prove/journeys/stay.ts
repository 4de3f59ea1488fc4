/** From a need to a bed held, and from there to a bed that is bookable again; the bed itself says who lies in it. */
import { PRESENCE_COUNTS_AFTER_MS } from "../../../contracts/booking/discrepancies.ts";
import type { Journey } from "./journey.ts";
import type { JourneyBed } from "./journey-ward.ts";
import { goTo, SHOWN_AFTER_AHEAD_MS, says, seesTile, shown } from "./screens.ts";

const KEY_PRESSES_MAX = 5;
const HELD = "holds of your team|left";

/** Returns the bed that was held, and when the last key was pressed; `told`: what the screen says then. */
export async function requestAndHold(
  { coordinator, other, notes }: Journey,
  name: string,
  told: string,
): Promise<{ readonly bedId: JourneyBed; readonly sinceMs: number }> {
  const presses = ["/", "i", "c", "u", "Enter"];
  for (const key of presses.slice(0, -1)) await coordinator.keyboard.press(key);
  const sinceMs = Date.now();
  await coordinator.keyboard.press(presses.at(-1) ?? "");
  notes.seen(name, await shown(coordinator, "held", sinceMs, says, told));
  notes.expect(presses.length <= KEY_PRESSES_MAX, `${presses.length} key presses from request to held bed`);
  for (const bedId of ["icu-1", "icu-2"] as const)
    if ((await other.bookingOf(bedId)) !== undefined) return { bedId, sinceMs };
  throw new Error("no bed is held after the hold");
}

export async function wholeStay(journey: Journey): Promise<void> {
  const { coordinator, board, nurse, bedside, notes, ward } = journey;
  const { bedId, sinceMs: heldMs } = await requestAndHold(
    journey,
    "request to held, on the own screen",
    HELD,
  );
  notes.seen("held elsewhere, on the second screen", await seesTile(board, bedId, "reserved", false, heldMs));
  const countdown = await coordinator.getByRole("timer").first().innerText();
  notes.expect(/\d+:\d\d/.test(countdown), `the hold counts down: ${countdown.trim()}`);

  await goTo(nurse, "Bookings");
  let sinceMs = Date.now();
  await coordinator.keyboard.press("b");
  notes.seen(
    "confirmed, on the hospital's screen",
    await shown(nurse, "asked", sinceMs, says, "to be answered by the hospital"),
  );
  sinceMs = Date.now();
  await nurse.getByRole("button", { name: /^Accept/ }).click();
  notes.seen("accepted", await shown(nurse, "expected", sinceMs, says, "expected|reserved"));

  sinceMs = await bedside.say(bedId, true);
  notes.seen("MQTT present to tile", await seesTile(board, bedId, "occupied", false, sinceMs));
  sinceMs = Date.now();
  await journey.ahead(PRESENCE_COUNTS_AFTER_MS);
  notes.seen(
    "the bed says that they arrived",
    await shown(nurse, "arrived", sinceMs, says, "arrived: who is it?", SHOWN_AFTER_AHEAD_MS),
  );
  sinceMs = Date.now();
  await nurse.getByRole("button", { name: /^Admit/ }).click();
  notes.seen("admitted", await shown(nurse, "in bed", sinceMs, says, "in bed|admitted"));

  await nurse.getByRole("button", { name: /^Order discharge/ }).click();
  await shown(nurse, "ordered", Date.now(), says, "discharge ordered");
  notes.expect((await ward.bookingOf(bedId))?.state === "admitted", "an ordered discharge frees nothing");
  sinceMs = await bedside.say(bedId, false);
  await goTo(nurse, "Conflicts");
  notes.seen(
    "MQTT absent to vacated",
    await shown(nurse, "vacated", sinceMs, says, "discharge ordered, and the bed is empty"),
  );
  sinceMs = Date.now();
  await nurse.getByRole("button", { name: /^Confirm that the patient has left/ }).click();
  notes.seen("discharged to awaiting cleaning", await seesTile(board, bedId, "cleaning", false, sinceMs));

  await goTo(nurse, "Cleaning");
  await nurse.getByRole("button", { name: `Start bed ${bedId}` }).click();
  await nurse.getByRole("button", { name: `Finished bed ${bedId}` }).click();
  notes.seen("cleaned to bookable", await seesTile(board, bedId, "available", true, Date.now()));
}
