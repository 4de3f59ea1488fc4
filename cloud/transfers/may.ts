/** Who may do what to a transfer, and who may know of it. Pure. */

import { TRANSFER_EVENTS, type TransferEventName } from "../../contracts/booking/states.ts";
import { decideTransfer } from "../../contracts/booking/transfer-table.ts";
import { NETWORK_ROLES, type PersonRole } from "../../contracts/wire/roles.ts";
import type { PersonCaller } from "../access/scope.ts";
import type { StoredTransfer } from "./rows.ts";

type Side = "origin" | "destination" | "either" | "service";
const SIDE_OF_EVENT: Readonly<Record<TransferEventName, Side>> = {
  "hold-destination": "origin",
  accept: "destination",
  decline: "destination",
  "put-on-hold": "either",
  resume: "either",
  "order-transport": "origin",
  depart: "origin",
  arrive: "destination",
  complete: "destination",
  cancel: "origin",
  "destination-lost": "service",
  return: "origin",
};

/** Who speaks for a hospital. */
const WARD: readonly PersonRole[] = ["doctor", "nurse", "hospital-admin"];

type Parties = Pick<StoredTransfer, "fromHospitalId" | "toHospitalId">;

const isNetwork = ({ role }: PersonCaller) => NETWORK_ROLES.includes(role);
const isOrigin = (caller: PersonCaller, { fromHospitalId }: Parties) =>
  isNetwork(caller) || (WARD.includes(caller.role) && caller.hospitalId === fromHospitalId);
const isDestination = (caller: PersonCaller, { toHospitalId }: Parties) =>
  caller.role === "super-admin" || (WARD.includes(caller.role) && caller.hospitalId === toHospitalId);

export function mayMove(caller: PersonCaller, event: TransferEventName, parties: Parties): boolean {
  switch (SIDE_OF_EVENT[event]) {
    case "origin":
      return isOrigin(caller, parties);
    case "destination":
      return isDestination(caller, parties);
    case "either":
      return isOrigin(caller, parties) || isDestination(caller, parties);
    case "service":
      return false;
  }
}

export function maySeeTransfer(caller: PersonCaller, { fromHospitalId, toHospitalId }: Parties): boolean {
  return isNetwork(caller) || caller.hospitalId === fromHospitalId || caller.hospitalId === toHospitalId;
}

export const isWithinHospital = ({ fromHospitalId, toHospitalId }: Parties) =>
  fromHospitalId === toHospitalId;

/** What a client offers as buttons. What depends on the bed is asked when it is done. */
export function allowedEvents(caller: PersonCaller, transfer: StoredTransfer): TransferEventName[] {
  const facts = { ...transfer, isWithinHospital: isWithinHospital(transfer) };
  return TRANSFER_EVENTS.filter(
    (event) => mayMove(caller, event, transfer) && decideTransfer(facts, event, "person").kind === "moved",
  );
}
