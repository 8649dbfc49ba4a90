import { ApiError, shortened } from "./api-error.js";

/** A Pub/Sub message, however it arrived. */
export interface Message {
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** From 1 on, where the subscription has a dead-letter policy. */
  readonly deliveryAttempt: number | undefined;
}

/** One generation of an object that arrived. */
export interface Arrival {
  readonly bucket: string;
  readonly name: string;
  readonly generation: string;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws ApiError unless it is what Pub/Sub pushes, wrapped. */
export function parsePush(body: unknown): Message {
  const message = isRecord(body) ? body.message : undefined;
  if (!isRecord(message) || typeof message.messageId !== "string") {
    throw new ApiError(400, "the body must be a message as Pub/Sub pushes it, wrapped", "invalid_message", "message");
  }
  const attributes = isRecord(message.attributes) ? message.attributes : {};
  const attempt = (body as Record<string, unknown>).deliveryAttempt;
  return {
    id: message.messageId,
    attributes: attributes as Record<string, string>,
    deliveryAttempt: typeof attempt === "number" ? attempt : undefined,
  };
}

/**
 * The object that a Cloud Storage notification tells of.
 *
 * @returns undefined when there is nothing to process: another event, or a folder's placeholder.
 * @throws ApiError unless it is a notification of this bucket.
 */
export function parseNotification(message: Message, ingestBucket: string): Arrival | undefined {
  const { eventType, bucketId: bucket, objectId: name, objectGeneration: generation } = message.attributes;
  const invalid = (param: string, text: string) =>
    new ApiError(400, `the attribute ${param} ${text}`, "invalid_message", param);
  if (!eventType) throw invalid("eventType", "is missing: this is no notification of Cloud Storage");
  if (eventType !== "OBJECT_FINALIZE") return undefined;
  if (bucket !== ingestBucket) {
    throw invalid("bucketId", `is ${JSON.stringify(shortened(String(bucket)))}: this worker reads ${ingestBucket}`);
  }
  if (!name) throw invalid("objectId", "is missing");
  if (!/^[0-9]{1,19}$/.test(generation ?? "")) throw invalid("objectGeneration", "must be a number");
  return name.endsWith("/") ? undefined : { bucket, name, generation: generation as string };
}
