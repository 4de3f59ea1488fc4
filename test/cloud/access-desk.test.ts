/**
 * Who may do what at the desk, by role and hospital, with requests that are well-formed: so that a route is found that looks
 * at its body or its row before it looks at who asks.
 */
import { sql } from "kysely";
import { expect, test } from "vitest";
import { RULES, type Rule } from "../../cloud/access/rules.ts";
import { NETWORK_ROLES, PersonRole } from "../../contracts/wire/roles.ts";
import { type Ask, DESK_CASES } from "./access-desk-cases.ts";
import { Scene } from "./access-desk-scene.ts";
import { type Answer, type Person, person } from "./booking-desk.ts";
import { describeOnEachDatabase } from "./support.ts";

const DESK_ROUTES =
  /^\w+ \/api\/v1\/(requests|bookings|transfers|conflicts|cleaning-tasks|bed-profiles|hospitals\/:hospitalId\/policy|beds\/:bedId\/profile)\b/;
/** Whose beds match is a search of the whole network. */
const OF_ANOTHER_TEST = ["GET /api/v1/requests/:requestId/matches"];

const everybody = PersonRole.options.flatMap((role) =>
  NETWORK_ROLES.includes(role)
    ? [{ name: role as string, role, hospital: "north" as const }]
    : (["north", "south"] as const).map((hospital) => ({ name: `${role} of ${hospital}`, role, hospital })),
);

describeOnEachDatabase("the desk lets in", (cloud) => {
  const send = async (who: Person, { method, path, body, headers }: Ask): Promise<Answer> =>
    await who.send(method, path, body, headers);
  const done = async () => {
    const { rows } =
      await sql`SELECT count(*)::int AS events, (SELECT sum(version)::int FROM bed_profiles) AS profiles
      FROM desk_events`.execute(cloud().db);
    return rows[0];
  };

  test.each(DESK_CASES.map((one) => ({ ...one, title: one.what ? `${one.route}, ${one.what}` : one.route })))(
    "its roles of its hospitals and nobody else: $title",
    async ({ route, status, letIn, forbidden = [], ask }) => {
      const scene = await Scene.open(cloud());
      const rule: Rule = RULES[route];
      const roles: readonly string[] = rule.open ? [] : rule.roles;
      const untouched = await ask(scene);
      const before = await done();
      for (const { name, role, hospital } of everybody.filter((one) => !letIn.includes(one.name))) {
        const answer = await send(await person(cloud(), role, hospital), untouched);
        if (!roles.includes(role) || forbidden.includes(name)) expect(answer.status, name).toBe(403);
        else if (untouched.lists === undefined) expect(answer.status, name).toBe(404);
        else {
          expect(answer.status, name).toBe(200);
          expect(JSON.stringify(answer.body), name).not.toContain(untouched.lists);
        }
      }
      const nobody = await cloud().app.inject({
        method: untouched.method,
        url: `/api/v1/${untouched.path}`,
        headers: { origin: "http://beds.example", ...untouched.headers },
        ...(untouched.body === undefined ? {} : { payload: untouched.body }),
      });
      expect(nobody.statusCode).toBe(401);
      expect(await done()).toEqual(before);

      const admitted = everybody.filter(({ name }) => letIn.includes(name));
      expect(admitted).toHaveLength(letIn.length);
      for (const { name, role, hospital } of admitted) {
        const asked = await ask(scene);
        const answer = await send(await person(cloud(), role, hospital), asked);
        expect(answer.status, `${name}: ${JSON.stringify(answer.body)}`).toBe(status);
        if (asked.lists !== undefined) expect(JSON.stringify(answer.body), name).toContain(asked.lists);
      }
    },
  );

  test("every one of its routes is asked", () => {
    const routes = Object.keys(RULES).filter(
      (route) => DESK_ROUTES.test(route) && !OF_ANOTHER_TEST.includes(route),
    );
    expect([...new Set<string>(DESK_CASES.map(({ route }) => route))].sort()).toEqual(routes.sort());
    expect(routes.length).toBeGreaterThan(20);
  });
});
