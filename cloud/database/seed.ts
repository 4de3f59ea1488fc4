/** Writes the configuration's hospitals and gateways into the database, at every start. What has left it is kept. */
import type { CloudConfig } from "../../config/cloud.ts";
import { StartError } from "../start-error.ts";
import type { Database } from "./schema.ts";

export type Seed = Pick<CloudConfig, "hospitals" | "gateways">;

export async function seedDatabase(db: Database, { hospitals, gateways }: Seed): Promise<void> {
  await db.transaction().execute(async (trx) => {
    for (const { id, name } of hospitals)
      await trx
        .insertInto("hospitals")
        .values({ hospitalId: id, name })
        .onConflict((conflict) => conflict.column("hospitalId").doUpdateSet({ name }))
        .execute();
    for (const { id, hospital } of gateways) {
      await trx
        .insertInto("gateways")
        .values({ gatewayId: id, hospitalId: hospital, lastHeardAtMs: null, lastHeartbeatAtMs: null })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const stored = await trx
        .selectFrom("gateways")
        .select("hospitalId")
        .where("gatewayId", "=", id)
        .executeTakeFirstOrThrow();
      // Its beds and their history belong to the hospital that it was put into service for.
      if (stored.hospitalId !== hospital)
        throw new StartError(
          `Gateway ${id} is configured for hospital ${hospital}, but has reported for ${stored.hospitalId}. Give the gateway of ${hospital} an id of its own.`,
        );
    }
  });
}
