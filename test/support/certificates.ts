/** Certificates of a test's own, made by openssl: an authority and what it signs. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "./temp-dir.ts";

export type Signed = { readonly certFile: string; readonly keyFile: string };

export class Authority {
  readonly #directory: string;
  readonly certFile: string;
  readonly #keyFile: string;

  constructor(name = "Devices of a test", directory = tempDir()) {
    this.#directory = directory;
    this.certFile = join(this.#directory, "ca.pem");
    this.#keyFile = join(this.#directory, "ca.key");
    this.#openssl(
      "req",
      "-x509",
      ...NEW_KEY,
      "-keyout",
      this.#keyFile,
      "-out",
      this.certFile,
      "-days",
      "2",
      "-subj",
      `/CN=${name}`,
    );
  }

  sign(commonName: string): Signed {
    const [certFile, keyFile] = [
      join(this.#directory, `${commonName}.pem`),
      join(this.#directory, `${commonName}.key`),
    ];
    const request = join(this.#directory, `${commonName}.csr`);
    this.#openssl(
      "req",
      ...NEW_KEY,
      "-keyout",
      keyFile,
      "-out",
      request,
      "-subj",
      `/CN=${commonName}`,
      "-addext",
      "subjectAltName=IP:127.0.0.1",
    );
    this.#openssl(
      "x509",
      "-req",
      "-in",
      request,
      "-CA",
      this.certFile,
      "-CAkey",
      this.#keyFile,
      "-CAcreateserial",
      "-days",
      "2",
      "-copy_extensions",
      "copy",
      "-out",
      certFile,
    );
    return { certFile, keyFile };
  }

  #openssl(...args: string[]): void {
    execFileSync("openssl", args, { stdio: "ignore" });
  }
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

export const textOf = (file: string) => readFileSync(file, "utf8");
