/** Bookings over HTTP. Each change names the version and the claim that its author saw. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { BookingEventBody, BookingList, BookingView, HoldBody } from "../../contracts/wire/booking.ts";
import { personOf } from "../access/scope.ts";
import { RequiredIdempotencyKey } from "../desk/idempotent.ts";
import { etagOf, IfMatch } from "../desk/if-match.ts";
import { BOOKINGS_PER_PAGE, BookingQuery } from "./booking-query.ts";
import type { Bookings } from "./bookings.ts";

const Params = z.object({ bookingId: z.uuid() });

export type BookingRoutes = { readonly bookings: Bookings };

export const bookingRoutes: FastifyPluginAsyncZod<BookingRoutes> = async (app, { bookings }) => {
  app.post(
    "/api/v1/bookings",
    {
      schema: {
        summary: "Holds a bed for a request",
        description:
          "A lost race is answered with BED_TAKEN, `winner` (role and hospital of who has it) and `nextBest` (the next bed that fits).",
        headers: RequiredIdempotencyKey,
        body: HoldBody,
        response: { 201: BookingView },
      },
    },
    async (request, reply) => {
      const key = request.headers["idempotency-key"];
      const { view, isRepetition } = await bookings.hold(personOf(request.caller), request.body, key);
      if (isRepetition) reply.header("idempotency-replayed", "true");
      reply.header("etag", etagOf(view.version)).header("location", `/api/v1/bookings/${view.bookingId}`);
      return reply.code(201).send(view);
    },
  );

  app.get(
    "/api/v1/bookings",
    {
      schema: {
        summary: "Bookings that the caller may see, newest first",
        description: `At most ${BOOKINGS_PER_PAGE} a page; the rest by its cursor.`,
        querystring: BookingQuery,
        response: { 200: BookingList },
      },
    },
    async (request) => bookings.list(personOf(request.caller), request.query),
  );

  app.get(
    "/api/v1/bookings/:bookingId",
    { schema: { summary: "One booking", params: Params, response: { 200: BookingView } } },
    async (request, reply) => {
      const view = await bookings.view(personOf(request.caller), request.params.bookingId);
      reply.header("etag", etagOf(view.version));
      return view;
    },
  );

  app.post(
    "/api/v1/bookings/:bookingId/events",
    {
      schema: {
        summary: "Moves a booking on, or takes the last step back",
        params: Params,
        headers: IfMatch,
        body: BookingEventBody,
        response: { 200: BookingView },
      },
    },
    async (request, reply) => {
      const { params, body, headers } = request;
      const caller = personOf(request.caller);
      const view = await bookings.event(caller, params.bookingId, body, headers["if-match"]);
      reply.header("etag", etagOf(view.version));
      return view;
    },
  );
};
