import { domainToASCII } from "node:url";
import type { IConstruct } from "constructs";
import { checkLiteral } from "../checks";
import { ValidationError } from "../errors";

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const HOST_NAME = new RegExp(`^(\\*\\.)?(${LABEL}\\.)*${LABEL}$`);

/**
 * A host as URL maps take it, in lower case and ASCII: `api.example.com`, `*.example.com` or `*`.
 *
 * @throws ValidationError for what is no host pattern.
 */
export function normalHost(where: IConstruct, what: string, host: string): string {
  checkLiteral(where, what, host);
  if (host === "*") return host;
  const wildcard = host.startsWith("*.");
  const ascii = domainToASCII(wildcard ? host.slice(2) : host);
  const normal = wildcard ? `*.${ascii}` : ascii;
  if (ascii === "" || normal.length > 253 || !HOST_NAME.test(normal)) {
    throw new ValidationError(where, {
      what,
      got: host,
      allowed: "a host name of at most 253 characters, with * only as the whole first label (*.example.com), or *",
      fix: "leave out scheme, port, path and final dot",
    });
  }
  return normal;
}

/**
 * Checks a path as URL map path rules take it: exact (`/v1/models`) or a prefix (`/v1/*`).
 *
 * @throws ValidationError for what the URL map would reject.
 */
export function checkPath(where: IConstruct, path: string): void {
  checkLiteral(where, "path", path);
  const star = path.indexOf("*");
  const starAtEnd = star === -1 || (star === path.length - 1 && path[star - 1] === "/");
  if (!path.startsWith("/") || /[?#\s]/.test(path) || !starAtEnd || path.length > 1024) {
    throw new ValidationError(where, {
      what: "path",
      got: path,
      allowed:
        "a path that starts with /, with * only as the whole last segment, without ? and #, of at most 1024 characters",
      fix: 'for example "/v1/models" or "/v1/*"',
    });
  }
}
