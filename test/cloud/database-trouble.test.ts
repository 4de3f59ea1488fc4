import { expect, test } from "vitest";
import { isPassingTrouble } from "../../cloud/database/trouble.ts";

const failed = (fields: object, message = "it failed") => Object.assign(new Error(message), fields);

test.each<[string, Error]>([
  ["a server whose machine is off", failed({ code: "EHOSTUNREACH", syscall: "connect" })],
  ["a network that is down", failed({ code: "ENETUNREACH", syscall: "connect" })],
  ["a server on this machine whose socket is gone", failed({ code: "ENOENT", syscall: "connect" })],
  ["a server that shuts down", failed({ code: "57P01" })],
  ["a connection that idled for too long", failed({ code: "57P05" })],
  ["a disk that is away", failed({ code: "58030" })],
  ["a connection that was given up", failed({}, "Connection terminated")],
  ["what was asked on it afterwards", failed({}, "Client was closed and is not queryable")],
])("%s passes", (_what, error) => {
  expect(isPassingTrouble(error)).toBe(true);
});

test.each<[string, unknown]>([
  ["a file that is not there", failed({ code: "ENOENT", syscall: "open" })],
  ["a table that is not there", failed({ code: "42P01" })],
  ["a value that breaks a rule", failed({ code: "23505" })],
  ["a bug", new TypeError("undefined is not a function")],
  ["what is no error", "Connection terminated"],
])("%s does not", (_what, error) => {
  expect(isPassingTrouble(error)).toBe(false);
});
