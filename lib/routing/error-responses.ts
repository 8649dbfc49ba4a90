import type { ComputeUrlMapDefaultCustomErrorResponsePolicy as ErrorPolicy } from "@cdktf/provider-google/lib/compute-url-map";
import type { IConstruct } from "constructs";
import type { BucketBackend } from "../backend/cdn/bucket-backend";
import { checkAllowed, checkUnique, checkWithin } from "../core/checks";
import { ValidationError } from "../core/errors";
import { errorCode, errorPath, errorStatus } from "../google/url-map";

/** The body of some errors. */
export interface ErrorResponse {
  /**
   * Status codes from 400 to 599, or a class of them: `["502", "503"]`, `["5xx"]`. A single code
   * wins over its class.
   */
  readonly codes: string[];
  /** The object that is the body, as a path: `/errors/unavailable.json`. */
  readonly path: string;
  /** Status that the client gets, 200 to 599. @default the status of the error */
  readonly statusCode?: number;
}

/**
 * Bodies of errors, of the load balancer's own and of backends: JSON that clients can read in place
 * of Google's HTML page. For global URL maps (Compute API v1, UrlMap.defaultCustomErrorResponsePolicy,
 * read 2026-11-28).
 *
 * A backend's own body is replaced, too: name the codes with which nobody but the load balancer
 * answers, such as 502. Retries come first.
 */
export interface ErrorResponses {
  /** Where the bodies are. The content type is that of the object: `application/json`. */
  readonly bucket: BucketBackend;
  /** At least one; each code once. */
  readonly responses: ErrorResponse[];
}

/** @throws ValidationError for codes, paths and status codes that Google Cloud would refuse. */
export function renderErrorResponses(where: IConstruct, { bucket, responses }: ErrorResponses): ErrorPolicy {
  for (const { codes, path, statusCode } of responses) {
    for (const code of codes) checkAllowed(where, "errorResponses codes", code, errorCode);
    checkAllowed(where, "errorResponses path", path, errorPath);
    checkWithin(where, "errorResponses statusCode", statusCode, errorStatus);
  }
  const empty = responses.find(({ codes }) => codes.length === 0);
  if (empty || responses.length === 0) {
    throw new ValidationError(where, {
      what: "errorResponses",
      got: empty ?? [],
      allowed: "at least one response, each with at least one code",
      fix: 'for example { codes: ["502", "503"], path: "/errors/unavailable.json" }',
    });
  }
  checkUnique(
    where,
    "errorResponses codes",
    responses.flatMap(({ codes }) => codes),
    "give each code one body",
  );
  return {
    errorService: bucket.backendId,
    errorResponseRule: responses.map(({ codes, path, statusCode }) => ({
      matchResponseCodes: codes,
      path,
      overrideResponseCode: statusCode,
    })),
  };
}
