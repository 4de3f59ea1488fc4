/** What only an administrator says of a gateway's log: that its key is no longer its own, and that it may begin again. */

import { type GatewayId, HospitalId } from "../../../contracts/wire/ids.ts";
import { type PersonCaller, scopeOf, sees } from "../../access/scope.ts";
import type { Clock } from "../../clock.ts";
import type { Database, DatabaseTransaction } from "../../database/schema.ts";
import { CloudError } from "../../http/problem.ts";
import { revokeKey } from "./gateway-keys.ts";
import { lockGateway } from "./log-rows.ts";

export type LogAdminDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly newEntryId: () => string;
};

export class LogAdmin {
  readonly #deps: LogAdminDeps;

  constructor(deps: LogAdminDeps) {
    this.#deps = deps;
  }

  /** From its entry on the key counts for nothing; the next one that the gateway comes with is taken. */
  async revokeKey(caller: PersonCaller, gatewayId: GatewayId, reason: string): Promise<void> {
    const { clock, newEntryId } = this.#deps;
    await this.#ofGateway(caller, gatewayId, async (trx) => {
      const by = byOf(caller);
      if (await revokeKey(trx, gatewayId, { by, reason }, { newEntryId, nowMs: clock.nowMs() })) return;
      throw new CloudError("LOG_KEY_NONE", `No key of ${gatewayId} is in force.`);
    });
  }

  /** What is halted stays closed; the gateway may begin a log of another epoch. */
  async resume(caller: PersonCaller, gatewayId: GatewayId, reason: string): Promise<void> {
    const { clock } = this.#deps;
    await this.#ofGateway(caller, gatewayId, async (trx) => {
      const resumed = await trx
        .updateTable("evidenceLogs")
        .set({ resumedAtMs: clock.nowMs(), resumedBy: byOf(caller), resumeReason: reason })
        .where("gatewayId", "=", gatewayId)
        .where("halted", "is not", null)
        .where("resumedAtMs", "is", null)
        .executeTakeFirst();
      if (resumed.numUpdatedRows === 0n)
        throw new CloudError("LOG_NOT_HALTED", `No log of ${gatewayId} is halted.`);
    });
  }

  /** Of another hospital's gateway not even that it exists is told. */
  async #ofGateway(
    caller: PersonCaller,
    gatewayId: GatewayId,
    act: (trx: DatabaseTransaction) => Promise<void>,
  ): Promise<void> {
    await this.#deps.db.transaction().execute(async (trx) => {
      const gateway = await trx
        .selectFrom("gateways")
        .select("hospitalId")
        .where("gatewayId", "=", gatewayId)
        .executeTakeFirst();
      if (gateway === undefined || !sees(scopeOf(caller), HospitalId.parse(gateway.hospitalId)))
        throw new CloudError("GATEWAY_NOT_FOUND", `There is no gateway ${gatewayId}.`);
      await lockGateway(trx, gatewayId);
      await act(trx);
    });
  }
}

/** Who it was is known by the session, whose secret is not in this. */
const byOf = ({ role, sessionSha256 }: PersonCaller) => `${role} ${sessionSha256}`;
