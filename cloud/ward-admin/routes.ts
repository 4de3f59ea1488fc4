/** Bed profiles and hospital policies over HTTP. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import {
  BedProfileBody,
  BedProfileList,
  BedProfileView,
  HospitalPolicyBody,
  HospitalPolicyView,
  ProfileImportAnswer,
  ProfileImportBody,
} from "../../contracts/wire/ward-desk.ts";
import { personOf } from "../access/scope.ts";
import { etagOf, IfMatch } from "../desk/if-match.ts";
import type { WardAdmin } from "./ward-admin.ts";

/** A file of 60,000 characters, whatever its letters take in JSON. */
const IMPORT_BYTES_MAX = 400_000;
const BedParams = z.object({ bedId: BedId });
const HospitalParams = z.object({ hospitalId: HospitalId });

export type WardAdminRoutes = { readonly wardAdmin: WardAdmin };

export const wardAdminRoutes: FastifyPluginAsyncZod<WardAdminRoutes> = async (app, { wardAdmin }) => {
  app.get(
    "/api/v1/bed-profiles",
    {
      schema: {
        summary: "Beds in service, with their class and what they offer",
        querystring: z.object({ hospital: HospitalId.optional() }),
        response: { 200: BedProfileList },
      },
    },
    async (request) => wardAdmin.profiles(personOf(request.caller), request.query.hospital),
  );

  app.put(
    "/api/v1/beds/:bedId/profile",
    {
      schema: {
        summary: 'Says what a bed is; If-Match "0" where nobody has yet',
        params: BedParams,
        headers: IfMatch,
        body: BedProfileBody,
        response: { 200: BedProfileView },
      },
    },
    async (request, reply) => {
      const caller = personOf(request.caller);
      const ifMatch = request.headers["if-match"];
      const bed = await wardAdmin.putProfile(caller, request.params.bedId, ifMatch, request.body);
      reply.header("etag", etagOf(bed.version));
      return bed;
    },
  );

  app.post(
    "/api/v1/bed-profiles/import",
    {
      bodyLimit: IMPORT_BYTES_MAX,
      schema: {
        summary: "Takes over a file of profiles: all of it or nothing, or only tells what would be",
        body: ProfileImportBody,
        response: { 200: ProfileImportAnswer },
      },
    },
    async (request) => wardAdmin.importProfiles(personOf(request.caller), request.body),
  );

  app.get(
    "/api/v1/hospitals/:hospitalId/policy",
    {
      schema: {
        summary: "How a hospital books",
        params: HospitalParams,
        response: { 200: HospitalPolicyView },
      },
    },
    async (request, reply) => {
      const policy = await wardAdmin.policy(personOf(request.caller), request.params.hospitalId);
      reply.header("etag", etagOf(policy.version));
      return policy;
    },
  );

  app.put(
    "/api/v1/hospitals/:hospitalId/policy",
    {
      schema: {
        summary: 'Says how a hospital books; If-Match "0" where the defaults stand',
        params: HospitalParams,
        headers: IfMatch,
        body: HospitalPolicyBody,
        response: { 200: HospitalPolicyView },
      },
    },
    async (request, reply) => {
      const caller = personOf(request.caller);
      const ifMatch = request.headers["if-match"];
      const policy = await wardAdmin.putPolicy(caller, request.params.hospitalId, ifMatch, request.body);
      reply.header("etag", etagOf(policy.version));
      return policy;
    },
  );
};
