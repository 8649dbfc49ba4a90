import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checkUnique } from "../core/checks";
import { ValidationError } from "../core/errors";
import { customHeaders } from "../google/backend-service";
import { headerName } from "../google/formats";

const { count, size, reserved } = customHeaders;

/** Checked headers in the load balancer's format, `Name:Value`; undefined if there are none. */
export function renderCustomHeaders(
  where: IConstruct,
  what: string,
  headers: { [name: string]: string } | undefined,
): string[] | undefined {
  const lines = Object.entries(headers ?? {}).map(([name, value]) => `${name}:${value}`);
  if (lines.length === 0) return undefined;
  for (const [name, value] of Object.entries(headers!)) {
    if (!headerName.holds(name) || !reserved.holds(name)) {
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
        fix: "remove the line break",
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
  if (!count.holds(lines) || !size.holds(lines)) {
    throw new ValidationError(where, {
      what,
      got: `${lines.length} headers of ${bytes} bytes`,
      allowed: `at most ${count.max} headers and ${size.max} bytes`,
      fix: "set the others in the service",
    });
  }
  return lines;
}
