import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import type { IConstruct } from "constructs";
import { checkLiteral, checkUnique } from "../core/checks";
import { ValidationError } from "../core/errors";
import { rulePath } from "../google/url-map";

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const HOST_NAME = new RegExp(`^(\\*\\.)?(${LABEL}\\.)*${LABEL}$`);
/** The conversion to ASCII is as in browsers: it drops paths, decodes %2e, reads 1.2 as 1.0.0.2. */
const HOST_CHARACTERS = /^[-.a-z0-9\u{80}-\u{10ffff}]+$/iu;

/**
 * A host as URL maps spell it, in lower case and ASCII: `api.example.com`, `*.example.com`, `*`.
 *
 * @throws ValidationError for an invalid host pattern.
 */
export function normalHost(where: IConstruct, what: string, host: string): string {
  checkLiteral(where, what, host);
  if (host === "*") return host;
  const wildcard = host.startsWith("*.");
  const name = wildcard ? host.slice(2) : host;
  const ascii = HOST_CHARACTERS.test(name) ? domainToASCII(name) : "";
  const normal = wildcard ? `*.${ascii}` : ascii;
  if (ascii === "" || (isIP(ascii) !== 0 && ascii !== name) || normal.length > 253 || !HOST_NAME.test(normal)) {
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
 * The domains of certificates, as `normalHost` writes them.
 *
 * @throws ValidationError for none, for duplicates, or if no certificate can be issued for one.
 */
export function normalDomains(where: IConstruct, given: readonly string[]): string[] {
  const domains = given.map((domain) => normalHost(where, "domain", domain));
  const wrong = domains.find((domain) => isIP(domain) !== 0 || !domain.replace("*.", "").includes("."));
  if (wrong !== undefined || domains.length === 0) {
    throw new ValidationError(where, {
      what: "domains",
      got: wrong ?? [],
      allowed: "at least one full domain name: api.example.com or *.example.com",
      fix: "name the domain that clients use, or use Tls.none() for a trial without one",
    });
  }
  checkUnique(where, "domains", domains, "name each domain once");
  return domains;
}

/**
 * Checks a path of a URL map path rule: exact (`/v1/models`) or a prefix (`/v1/*`).
 *
 * @throws ValidationError for what the URL map would reject.
 */
export function checkPath(where: IConstruct, path: string): void {
  checkLiteral(where, "path", path);
  if (!rulePath.holds(path) || /\s/.test(path)) {
    throw new ValidationError(where, {
      what: "path",
      got: path,
      allowed: rulePath.text,
      fix: 'for example "/v1/models" or "/v1/*"',
    });
  }
}
