/**
 * From "we need an intensive bed" to that bed bookable again, in Chromium, with a real cloud, a real gateway and beds
 * that speak MQTT; and what goes wrong on the way: a lost race, an expiry, a ghost, a squat, a transfer that fails. The
 * control is a screen that is told of no claims and a bed that says nothing: both have to be found.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { buildWeb } from "../../../config/demo/build-web.ts";
import { HospitalPolicyView, ProfileImportAnswer } from "../../../contracts/wire/ward-desk.ts";
import { chromiumPath, launchChromium } from "../../support/chromium.ts";
import { percentile } from "../../support/percentile.ts";
import { type RunningSystem, startSystem } from "../../support/running-system.ts";
import { until } from "../../support/until.ts";
import type { Claim } from "../claim.ts";
import { aheadFileIn } from "./ahead.ts";
import { openBedside } from "./bedside.ts";
import { deafScreen, runControls } from "./controls.ts";
import { deskCaller } from "./desk-caller.ts";
import { clockAhead, type Journey, Notes } from "./journey.ts";
import { BEDS, HOSPITAL, journeyWard, PROFILES_CSV } from "./journey-ward.ts";
import { screenOf } from "./screens.ts";
import { wholeStay } from "./stay.ts";
import { expiry, failedTransfer, ghostAndSquat, layPatients, lostRace } from "./troubles.ts";

const STAYS = { short: 1, full: 5 };
const PROGRAMS = {
  cloud: "test/prove/journeys/cloud-ahead.ts",
  gateway: "test/prove/journeys/gateway-ahead.ts",
};
const CONTROLS = 2;

export const proveJourneys: Claim = async ({ isShort, say }) => {
  if (chromiumPath() === null)
    throw new Error("Chromium is missing: apt-get install chromium, then try again.");
  await buildWeb();
  const directory = mkdtempSync(join(tmpdir(), "hospitell-journeys-"));
  const closers: (() => unknown)[] = [() => rmSync(directory, { recursive: true, force: true })];
  try {
    const { ward, deviceKeys } = journeyWard();
    const setAhead = clockAhead(aheadFileIn(directory));
    const [browser, system] = await Promise.all([
      launchChromium(),
      startSystem({ directory, ward, deviceKeys, programs: PROGRAMS }),
    ]);
    closers.push(() => system.stop());
    closers.push(() => browser.close());
    const bedside = await openBedside(system.mqttPort, deviceKeys);
    closers.push(() => bedside.close());
    const notes = new Notes(say);
    const { cloud } = system;
    const coordinatorLink = () => cloud.signInLink("emergency-coordinator");
    const wardCaller = await deskCaller(await cloud.signInLink("doctor", HOSPITAL));
    await openHospital(system, wardCaller);
    const [coordinator, board, nurse, deaf] = await Promise.all([
      screenOf(browser, await coordinatorLink(), "/requests"),
      screenOf(browser, await coordinatorLink(), "/"),
      screenOf(browser, await cloud.signInLink("nurse", HOSPITAL), "/bookings"),
      deafScreen(browser, await coordinatorLink()),
    ]);
    const journey: Journey = {
      bedside,
      coordinator,
      board,
      nurse,
      other: await deskCaller(await coordinatorLink()),
      ward: wardCaller,
      notes,
      ahead: (byMs) => setAhead(byMs, bedside),
    };
    await coordinator.getByText(`of ${BEDS.length} beds fit`).waitFor();
    for (let n = 0; n < (isShort ? STAYS.short : STAYS.full); n += 1) await wholeStay(journey);
    await layPatients(journey);
    await lostRace(journey);
    await expiry(journey);
    await ghostAndSquat(journey);
    await failedTransfer(journey);
    const control = await runControls(journey, deaf);
    for (const missed of control) say(`control, found: ${missed.slice(0, 120)}`);
    const misses = [...notes.misses];
    if (control.length < CONTROLS) misses.push("the control was not found: the check could not fail");
    return { figures: { stays: isShort ? STAYS.short : STAYS.full, ms: figuresOf(notes) }, misses };
  } finally {
    for (const close of closers.toReversed()) await close();
  }
};

/** Its administrator says what the beds are, its ward that they are clean; then they are offered. */
async function openHospital(
  { cloud }: RunningSystem,
  ward: Awaited<ReturnType<typeof deskCaller>>,
): Promise<void> {
  const administrator = await deskCaller(await cloud.signInLink("hospital-admin", HOSPITAL));
  const beds = z.object({ beds: z.array(z.unknown()) });
  const known = async () => {
    const { beds: all } = await ward.call(beds, { method: "GET", path: "/api/v1/bed-profiles" });
    return all.length === BEDS.length ? true : undefined;
  };
  await until("the cloud knows the beds", known, 30_000);
  await administrator.call(ProfileImportAnswer, {
    method: "POST",
    path: "/api/v1/bed-profiles/import",
    body: { hospital: HOSPITAL, csv: PROFILES_CSV, dryRun: false },
  });
  const path = `/api/v1/hospitals/${HOSPITAL}/policy`;
  const { policy, version } = await administrator.call(HospitalPolicyView, { method: "GET", path });
  await administrator.call(HospitalPolicyView, {
    method: "PUT",
    path,
    version,
    body: { ...policy, latitude: 51.5, longitude: -0.1, autoAccept: false },
  });
  for (const bedId of BEDS)
    await ward.call(z.unknown(), {
      method: "POST",
      path: `/api/v1/beds/${bedId}/declarations`,
      body: { axis: "readiness", to: "clean" },
    });
}

function figuresOf({ tookMs }: Notes): Record<string, { readonly p50: number; readonly max: number }> {
  return Object.fromEntries(
    Object.entries(tookMs).map(([name, all]) => [
      name,
      { p50: Math.round(percentile(all, 0.5)), max: Math.max(...all) },
    ]),
  );
}
