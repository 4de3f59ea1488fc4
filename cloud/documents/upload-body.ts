/** The bytes of a document as they are sent: all of them, and no more than a document may have. */
import type { FastifyRequest } from "fastify";
import { DOCUMENT_BYTES_MAX, DOCUMENT_TYPES, DocumentType } from "../../contracts/wire/documents.ts";
import { CloudError } from "../http/problem.ts";

/** From its Content-Type; parameters such as a charset are of no account. */
export function documentTypeOf({ headers }: Pick<FastifyRequest, "headers">): DocumentType {
  const said = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  const type = DocumentType.safeParse(said);
  const encoding = headers["content-encoding"] ?? "identity";
  if (!type.success || encoding !== "identity")
    throw new CloudError("DOCUMENT_TYPE", `A document is one of ${DOCUMENT_TYPES.join(", ")}.`);
  return type.data;
}

/** Before anything of the body is read. A sender that does not say how long it is, is stopped where it is too long. */
export function requireLength({ headers }: Pick<FastifyRequest, "headers">): void {
  if (Number(headers["content-length"] ?? 0) > DOCUMENT_BYTES_MAX) throw tooLarge();
}

/** Rejects where the sender ends before it has sent what it announced. */
export async function readDocument(
  { headers }: Pick<FastifyRequest, "headers">,
  body: AsyncIterable<Uint8Array>,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of body) {
      length += part.length;
      if (length > DOCUMENT_BYTES_MAX) throw tooLarge();
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof CloudError) throw error;
    throw new CloudError("BODY_UNREADABLE", `The sender went away after ${length} bytes.`);
  }
  const announced = headers["content-length"];
  if (announced !== undefined && Number(announced) !== length)
    throw new CloudError("BODY_UNREADABLE", `${announced} bytes were announced, and ${length} came.`);
  if (length === 0) throw new CloudError("DOCUMENT_EMPTY", "The body has no bytes.");
  return Buffer.concat(parts, length);
}

const tooLarge = () =>
  new CloudError("DOCUMENT_TOO_LARGE", `A document has at most ${DOCUMENT_BYTES_MAX} bytes (20 MiB).`);
