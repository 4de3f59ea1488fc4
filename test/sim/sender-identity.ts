import { BootId, GatewayId } from "../../contracts/wire/ids.ts";

export const senderIdentity = {
  gatewayId: GatewayId.parse("gw-north"),
  bootId: BootId.parse("00000000000000b1"),
};
