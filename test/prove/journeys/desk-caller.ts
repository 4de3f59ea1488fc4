/** A person's client that is no browser: signed in by a link, it calls the cloud's API. */
import { randomUUID } from "node:crypto";
import type * as z from "zod";
import { BookingList, BookingView, RequestView } from "../../../contracts/wire/booking.ts";
import { signIn } from "../../support/sign-in.ts";

type Call = {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly body?: object;
  readonly version?: number;
};

export type DeskCaller = {
  call<Answer>(schema: z.ZodType<Answer>, call: Call): Promise<Answer>;
  /** A request of a patient in this hospital, and a bed held for it. */
  hold(bedId: string, levelOfCare: string): Promise<BookingView>;
  step(booking: BookingView, event: string): Promise<BookingView>;
  /** The live booking of a bed; undefined: it has none. */
  bookingOf(bedId: string): Promise<BookingView | undefined>;
};

export async function deskCaller(link: string): Promise<DeskCaller> {
  const person = await signIn(link);
  async function call<Answer>(schema: z.ZodType<Answer>, { method, path, body, version }: Call) {
    const response = await person.send(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(method === "POST" ? { "idempotency-key": randomUUID() } : {}),
        ...(version === undefined ? {} : { "if-match": `"${version}"` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
    return schema.parse(JSON.parse(text));
  }
  return {
    call,
    async hold(bedId, levelOfCare) {
      const { requestId } = await call(RequestView, {
        method: "POST",
        path: "/api/v1/requests",
        body: {
          need: { levelOfCare, from: { kind: "hospital", hospitalId: "prove" } },
          urgency: "emergency",
          clinicalPriority: 2,
        },
      });
      return await call(BookingView, {
        method: "POST",
        path: "/api/v1/bookings",
        body: { requestId, bedId },
      });
    },
    async step({ bookingId, fencingToken, version }, event) {
      return await call(BookingView, {
        method: "POST",
        path: `/api/v1/bookings/${bookingId}/events`,
        body: { event, fencingToken },
        version,
      });
    },
    async bookingOf(bedId) {
      const list = await call(BookingList, { method: "GET", path: "/api/v1/bookings?live=true" });
      return list.bookings.find((booking) => booking.bedId === bedId);
    },
  };
}
