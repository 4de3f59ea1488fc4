/** Archives in a bucket of an S3-compatible store, addressed by path. Each file goes in one request, with its checksum. */
import { createHash } from "node:crypto";
import { AwsClient } from "aws4fetch";
import type { Archive } from "../../../config/history.ts";
import type { ArchivePlace } from "./archive-place.ts";
import { ArchiveTrouble } from "./archive-trouble.ts";

export type S3Config = Extract<Archive, { s3: unknown }>["s3"];
export type S3Keys = { readonly accessKeyId: string; readonly secretAccessKey: string };

const ANSWER_MS_MAX = 60_000;
/** Of a server that is busy or broken; the library waits between them, longer each time. */
const RETRIES = 3;
const RETRY_FIRST_MS = 200;
/** Of what the store says of an error. */
const SAID_MAX = 300;

export function s3Place({ endpoint, region, bucket, prefix }: S3Config, keys: S3Keys): ArchivePlace {
  const client = new AwsClient({
    ...keys,
    region,
    service: "s3",
    retries: RETRIES,
    initRetryMs: RETRY_FIRST_MS,
  });
  const name = `${endpoint.replace(/\/$/, "")}/${bucket}/${prefix}`;
  const urlOf = (key: string) =>
    `${endpoint.replace(/\/$/, "")}/${[bucket, ...`${prefix}${key}`.split("/")].map(encodeURIComponent).join("/")}`;

  async function ask(method: "PUT" | "GET" | "DELETE", key: string, body?: Uint8Array): Promise<Uint8Array> {
    const sum = body === undefined ? null : createHash("sha256").update(body);
    const headers: Record<string, string> = {};
    if (body !== undefined && sum !== null) {
      headers["x-amz-checksum-sha256"] = sum.copy().digest("base64");
      // Signed with the content: without it the library says that the content is not signed.
      headers["x-amz-content-sha256"] = sum.digest("hex");
      headers["content-type"] = key.endsWith(".json") ? "application/json" : "application/gzip";
    }
    try {
      const answer = await client.fetch(urlOf(key), {
        method,
        headers,
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (answer.ok) return bytes;
      throw refusal(name, key, answer.status, bytes);
    } catch (error) {
      if (error instanceof ArchiveTrouble) throw error;
      const why =
        error instanceof Error ? [error.message, causeOf(error)].filter(Boolean).join(": ") : "no answer";
      throw new ArchiveTrouble(
        "unreachable",
        `${name} was to answer, but did not, or not to the end (${why}). It is tried again; see that it runs and can be reached.`,
        error,
      );
    }
  }

  return {
    name,
    async put(key, bytes) {
      await ask("PUT", key, bytes);
    },
    get: (key) => ask("GET", key),
    async remove(key) {
      await ask("DELETE", key);
    },
  };
}

const causeOf = ({ cause }: Error): string => (cause instanceof Error ? cause.message : "");

function refusal(name: string, key: string, status: number, body: Uint8Array): ArchiveTrouble {
  const said = Buffer.from(body).toString("utf8");
  const code = /<Code>([^<]{1,80})<\/Code>/.exec(said)?.[1] ?? said.slice(0, SAID_MAX);
  if (status === 404 && code !== "NoSuchBucket")
    return new ArchiveTrouble("missing", `${key} was expected in ${name}, but is not there.`);
  if (status === 507) return new ArchiveTrouble("full", `${name} has no room left (${code}).`);
  if (status >= 500 || status === 429)
    return new ArchiveTrouble("unreachable", `${name} answered ${status} ${code}. It is tried again.`);
  return new ArchiveTrouble(
    "refused",
    `${name} answered ${status} ${code}. Check the bucket, the keys in ARCHIVE_S3_ACCESS_KEY_ID and ARCHIVE_S3_SECRET_ACCESS_KEY, and what they may do.`,
  );
}
