/** Each of the desk's routes with a request that is well-formed, and whom it is open to. Everything asked for is the north's. */
import type { RULES } from "../../cloud/access/rules.ts";
import { DEFAULT_POLICY } from "../../contracts/booking/default-policy.ts";
import type { BookingView } from "../../contracts/wire/booking.ts";
import { FROM_NORTH, NORTH, type Scene } from "./access-desk-scene.ts";

const NETWORK = ["emergency-coordinator", "super-admin"];
const of = (hospital: string, ...roles: string[]) => roles.map((role) => `${role} of ${hospital}`);
const WARD = ["doctor", "nurse", "hospital-admin"];
const NORTH_WARD = of("north", ...WARD);
const NORTH_STAFF = of("north", ...WARD, "facility-engineer");
export type Ask = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a list: what is in it for those who may see it, and for nobody else. */
  readonly lists?: string;
};
export type DeskCase = {
  readonly route: keyof typeof RULES;
  readonly what?: string;
  readonly status: number;
  readonly letIn: readonly string[];
  /** Whose role may, on the wrong side of it; those of another hospital are told that there is no such thing. */
  readonly forbidden?: readonly string[];
  /** Makes what is asked for, anew at each call. */
  ask(scene: Scene): Promise<Ask>;
};

const version = (of: { readonly version: number }) => ({ "if-match": `"${of.version}"` });

const PROFILE = {
  levelOfCare: "general",
  features: [],
  ageBands: ["adult"],
  sexRule: "any",
  patientMassKgMax: null,
};
const ASKERS = [...NETWORK, ...NORTH_WARD];
const STAFF = [...NETWORK, ...NORTH_STAFF];
const ADMINISTRATORS = ["super-admin", "hospital-admin of north"];
const event = (booking: BookingView, name: string): Ask => ({
  method: "POST",
  path: `bookings/${booking.bookingId}/events`,
  body: { event: name, fencingToken: booking.fencingToken },
  headers: version(booking),
});

export const DESK_CASES: readonly DeskCase[] = [
  {
    route: "POST /api/v1/requests",
    status: 201,
    letIn: ASKERS,
    ask: async (scene) => ({
      method: "POST",
      path: "requests",
      body: { need: { levelOfCare: "general", ...FROM_NORTH }, urgency: "urgent", clinicalPriority: 3 },
      headers: scene.key(),
    }),
  },
  {
    route: "GET /api/v1/requests",
    status: 200,
    letIn: ASKERS,
    ask: async (scene) => ({ method: "GET", path: "requests", lists: (await scene.request()).requestId }),
  },
  {
    route: "GET /api/v1/requests/:requestId",
    status: 200,
    letIn: ASKERS,
    ask: async (scene) => ({ method: "GET", path: `requests/${(await scene.request()).requestId}` }),
  },
  {
    route: "PATCH /api/v1/requests/:requestId",
    status: 200,
    letIn: ASKERS,
    async ask(scene) {
      const request = await scene.request();
      const body = { urgency: "emergency" };
      return { method: "PATCH", path: `requests/${request.requestId}`, body, headers: version(request) };
    },
  },
  {
    route: "POST /api/v1/requests/:requestId/cancel",
    status: 200,
    letIn: ASKERS,
    async ask(scene) {
      const request = await scene.request();
      const path = `requests/${request.requestId}/cancel`;
      return { method: "POST", path, body: { reason: "Gone home" }, headers: version(request) };
    },
  },
  {
    route: "POST /api/v1/requests/:requestId/override",
    status: 200,
    letIn: ["emergency-coordinator", "doctor of north"],
    async ask(scene) {
      const request = await scene.request();
      const path = `requests/${request.requestId}/override`;
      return { method: "POST", path, body: { reason: "Worse by the minute" }, headers: version(request) };
    },
  },
  {
    route: "DELETE /api/v1/requests/:requestId/override",
    status: 200,
    letIn: ["emergency-coordinator", "doctor of north"],
    async ask(scene) {
      const request = await scene.request();
      return { method: "DELETE", path: `requests/${request.requestId}/override`, headers: version(request) };
    },
  },
  {
    route: "POST /api/v1/bookings",
    status: 201,
    letIn: ASKERS,
    async ask(scene) {
      const { requestId } = await scene.request();
      return {
        method: "POST",
        path: "bookings",
        body: { requestId, bedId: scene.bed() },
        headers: scene.key(),
      };
    },
  },
  {
    route: "GET /api/v1/bookings",
    status: 200,
    letIn: ASKERS,
    ask: async (scene) => ({ method: "GET", path: "bookings", lists: (await scene.held()).bookingId }),
  },
  {
    route: "GET /api/v1/bookings/:bookingId",
    status: 200,
    letIn: ASKERS,
    ask: async (scene) => ({ method: "GET", path: `bookings/${(await scene.held()).bookingId}` }),
  },
  {
    route: "POST /api/v1/bookings/:bookingId/events",
    what: "the asker's step",
    status: 200,
    letIn: ASKERS,
    ask: async (scene) => event(await scene.held(), "release"),
  },
  {
    route: "POST /api/v1/bookings/:bookingId/events",
    what: "the asker's step, where the coordinator asked",
    status: 200,
    letIn: NETWORK,
    forbidden: NORTH_WARD,
    ask: async (scene) => event(await scene.askedByCoordinator(), "release"),
  },
  {
    route: "POST /api/v1/bookings/:bookingId/events",
    what: "the ward's step, where the coordinator asked",
    status: 200,
    letIn: ["super-admin", ...NORTH_WARD],
    forbidden: ["emergency-coordinator"],
    ask: async (scene) => event(await scene.askedByCoordinator(), "accept"),
  },
  {
    route: "POST /api/v1/transfers",
    status: 201,
    letIn: ASKERS,
    ask: async (scene) => ({
      method: "POST",
      path: "transfers",
      body: await scene.next(),
      headers: scene.key(),
    }),
  },
  {
    route: "GET /api/v1/transfers",
    status: 200,
    letIn: ASKERS,
    ask: async (scene) => ({ method: "GET", path: "transfers", lists: (await scene.transfer()).transferId }),
  },
  {
    route: "GET /api/v1/transfers/:transferId",
    status: 200,
    letIn: ASKERS,
    ask: async (scene) => ({ method: "GET", path: `transfers/${(await scene.transfer()).transferId}` }),
  },
  {
    route: "POST /api/v1/transfers/:transferId/events",
    status: 200,
    letIn: ASKERS,
    async ask(scene) {
      const transfer = await scene.transfer();
      const path = `transfers/${transfer.transferId}/events`;
      return { method: "POST", path, body: { event: "cancel" }, headers: version(transfer) };
    },
  },
  {
    route: "GET /api/v1/conflicts",
    status: 200,
    letIn: STAFF,
    ask: async (scene) => ({ method: "GET", path: "conflicts", lists: await scene.conflict() }),
  },
  {
    route: "POST /api/v1/conflicts/:conflictId/events",
    status: 200,
    letIn: STAFF,
    async ask(scene) {
      const path = `conflicts/${await scene.conflict()}/events`;
      return { method: "POST", path, body: { event: "own" }, headers: version({ version: 1 }) };
    },
  },
  {
    route: "GET /api/v1/cleaning-tasks",
    status: 200,
    letIn: STAFF,
    ask: async (scene) => ({ method: "GET", path: "cleaning-tasks", lists: (await scene.task()).taskId }),
  },
  {
    route: "POST /api/v1/cleaning-tasks",
    status: 201,
    letIn: NORTH_STAFF,
    ask: async (scene) => ({
      method: "POST",
      path: "cleaning-tasks",
      body: { bedId: scene.bed(), kind: "routine", priority: "routine" },
      headers: scene.key(),
    }),
  },
  {
    route: "POST /api/v1/cleaning-tasks/:taskId/events",
    status: 200,
    letIn: NORTH_STAFF,
    async ask(scene) {
      const task = await scene.task();
      const path = `cleaning-tasks/${task.taskId}/events`;
      return { method: "POST", path, body: { event: "start" }, headers: version(task) };
    },
  },
  {
    route: "GET /api/v1/bed-profiles",
    status: 200,
    letIn: STAFF,
    ask: async (scene) => ({ method: "GET", path: "bed-profiles", lists: `"${scene.bed()}"` }),
  },
  {
    route: "GET /api/v1/bed-profiles",
    what: "of one hospital",
    status: 200,
    letIn: STAFF,
    ask: async () => ({ method: "GET", path: "bed-profiles?hospital=north" }),
  },
  {
    route: "PUT /api/v1/beds/:bedId/profile",
    status: 200,
    letIn: ADMINISTRATORS,
    ask: async (scene) => ({
      method: "PUT",
      path: `beds/${scene.bed()}/profile`,
      body: PROFILE,
      headers: version({ version: 1 }),
    }),
  },
  {
    route: "POST /api/v1/bed-profiles/import",
    status: 200,
    letIn: ADMINISTRATORS,
    async ask(scene) {
      const csv = `bed,level,features,ages,sex,mass_kg_max\n${scene.bed()},general,,adult,any,\n`;
      return { method: "POST", path: "bed-profiles/import", body: { hospital: NORTH, csv, dryRun: false } };
    },
  },
  {
    route: "GET /api/v1/hospitals/:hospitalId/policy",
    status: 200,
    letIn: STAFF,
    ask: async () => ({ method: "GET", path: "hospitals/north/policy" }),
  },
  {
    route: "PUT /api/v1/hospitals/:hospitalId/policy",
    status: 200,
    letIn: ADMINISTRATORS,
    async ask(scene) {
      const { etag } = await scene.north.send("GET", "hospitals/north/policy");
      const headers = { "if-match": etag };
      return {
        method: "PUT",
        path: "hospitals/north/policy",
        body: { ...DEFAULT_POLICY, autoAccept: true },
        headers,
      };
    },
  },
];
