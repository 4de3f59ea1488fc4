import { expect, test } from "vitest";
import { fromConnack } from "../../../../gateway/transport/mqtt/connack-first.ts";

const CONNACK = Buffer.of(0x20, 2, 1, 0);
const LONG = Buffer.concat([Buffer.of(0x32, 0x82, 0x02), Buffer.alloc(258, 0x20)]);
const PUBLISH = Buffer.of(0x30, 4, 0, 1, 0x61, 0x20);

test.each<[string, Buffer, Buffer | null]>([
  ["a CONNACK stays", CONNACK, CONNACK],
  ["a message before it goes", Buffer.concat([PUBLISH, LONG, CONNACK]), CONNACK],
  ["a message behind it stays", Buffer.concat([CONNACK, PUBLISH]), Buffer.concat([CONNACK, PUBLISH])],
  ["messages alone go", Buffer.concat([LONG, PUBLISH]), null],
  ["half a length is no frame", Buffer.of(0x30, 0x80), null],
])("%s", (_name, said, kept) => expect(fromConnack(said)).toEqual(kept));
