import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checkUnique } from "../core/checks";
import { ValidationError } from "../core/errors";

/** Limits of one backend service (docs.cloud.google.com/load-balancing/docs/https/custom-headers-global, read 2026-10-06). */
const MAX_HEADERS = 16;
const MAX_BYTES = 8192;
/** RFC 7230 token. */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const FORBIDDEN =
  /^(x-user-ip|cdn-loop|keep-alive|transfer-encoding|te|connection|trailer|upgrade|x-google.*|x-goog-.*|x-gfe.*|x-amz-.*)$/i;

/** Headers as the load balancer wants them, `Name:Value`, checked; undefined where there are none. */
export function renderCustomHeaders(
  where: IConstruct,
  what: string,
  headers: { [name: string]: string } | undefined,
): string[] | undefined {
  const lines = Object.entries(headers ?? {}).map(([name, value]) => `${name}:${value}`);
  if (lines.length === 0) return undefined;
  for (const [name, value] of Object.entries(headers!)) {
    if (!HEADER_NAME.test(name) || FORBIDDEN.test(name)) {
      throw new ValidationError(where, {
        what,
        got: name,
        allowed:
          "an HTTP header name; not hop-by-hop, not X-User-IP or CDN-Loop, not starting with X-Google, X-Goog-, X-GFE or X-Amz-",
        fix: "choose another name",
      });
    }
    if (!Token.isUnresolved(value) && /[\r\n]/.test(value)) {
      throw new ValidationError(where, {
        what: `${what} ${name}`,
        got: value,
        allowed: "one line",
        fix: "take the line break out",
      });
    }
  }
  checkUnique(
    where,
    what,
    Object.keys(headers!).map((name) => name.toLowerCase()),
    "header names are not case-sensitive: join the values in one header",
  );
  const bytes = Buffer.byteLength(lines.join(""));
  if (lines.length > MAX_HEADERS || bytes > MAX_BYTES) {
    throw new ValidationError(where, {
      what,
      got: `${lines.length} headers of ${bytes} bytes`,
      allowed: `at most ${MAX_HEADERS} headers and ${MAX_BYTES} bytes`,
      fix: "set the others in the service",
    });
  }
  return lines;
}
