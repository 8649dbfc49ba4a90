import type { ComputeSecurityPolicyRule } from "@cdktf/provider-google/lib/compute-security-policy";
import type { Construct } from "constructs";
import { checkAllowed, checkInteger, checkLiteral, checkPattern, checkWithin } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { banSeconds as banDuration, rateCount, rateCountOfBan } from "../../google/cloud-armor";
import { EVERYONE } from "./edge-security-resource";
import { EdgeAction, EdgeRateKey } from "./edge-security-rule";

export interface RequestRuleOptions {
  readonly apiKeyHeader?: string;
  readonly requireApiKey: boolean;
  readonly keylessPaths: string[];
  readonly maxBodyKiB?: number;
  readonly requireContentLength: boolean;
  readonly requestsPerMinutePerKey: number;
  readonly keyBanSeconds: number;
  readonly requestsPerMinutePerIp: number;
  readonly ipBanSeconds: number;
  readonly previewApiKey: boolean;
  readonly previewBodySize: boolean;
  readonly previewRates: boolean;
}

const PATH = /^\/[\w\-.~%:@+/]*$/;

/** The rules about the content and the rate of requests. */
export function requestRules(owner: Construct, options: RequestRuleOptions): ComputeSecurityPolicyRule[] {
  const header = options.apiKeyHeader;
  return [
    ...(header !== undefined && options.requireApiKey ? [keyRule(owner, header, options)] : []),
    ...bodyRules(owner, options),
    ...rateRules(owner, options),
  ];
}

/** A header name as expressions spell it. */
export function headerName(owner: Construct, what: string, name: string): string {
  checkLiteral(owner, what, name);
  checkPattern(owner, what, name, /^[\w-]+$/, "a header name: letters, digits and hyphens", "name it without colon");
  return name.toLowerCase();
}

function keyRule(owner: Construct, header: string, options: RequestRuleOptions): ComputeSecurityPolicyRule {
  const patterns = options.keylessPaths.map((path) => pathPattern(owner, path));
  const conditions = [
    `!has(request.headers['${header}'])`,
    // A browser's preflight never carries credentials.
    "request.method != 'OPTIONS'",
    ...(patterns.length === 0 ? [] : [`!request.path.matches(r'^(${patterns.join("|")})$')`]),
  ];
  return {
    priority: 31_000,
    action: "deny(403)",
    description: `No ${header}`.slice(0, 64),
    match: { expr: { expression: conditions.join(" && ") } },
    preview: options.previewApiKey,
  };
}

function pathPattern(owner: Construct, path: string): string {
  checkLiteral(owner, "keylessPaths", path);
  const isPrefix = path.endsWith("/*");
  const literal = isPrefix ? path.slice(0, -1) : path;
  checkPattern(
    owner,
    "keylessPaths",
    isPrefix ? literal : path,
    PATH,
    "paths that start with /, with * only as the whole last segment",
    "write /health, or /docs/* for everything below",
  );
  return literal.replace(/[.+]/g, "\\$&") + (isPrefix ? ".*" : "");
}

function bodyRules(owner: Construct, options: RequestRuleOptions): ComputeSecurityPolicyRule[] {
  const { maxBodyKiB, requireContentLength, previewBodySize: preview } = options;
  const rules: ComputeSecurityPolicyRule[] = [];
  if (maxBodyKiB !== undefined && maxBodyKiB !== 0) {
    checkLiteral(owner, "maxBodyKiB", maxBodyKiB);
    checkInteger(owner, "maxBodyKiB", maxBodyKiB, 1, 2 ** 30, "give the most that the API accepts, or 0 for no limit");
    const bytes = maxBodyKiB * 1024;
    const expression = `int(request.headers['content-length']) > ${bytes}`;
    const description = `Body over ${maxBodyKiB} KiB`;
    rules.push({ priority: 32_000, action: "deny(403)", description, match: { expr: { expression } }, preview });
  }
  if (requireContentLength) {
    const expression = "request.method.matches('^(POST|PUT|PATCH)$') && !has(request.headers['content-length'])";
    const description = "Body of undeclared length";
    rules.push({ priority: 32_100, action: "deny(403)", description, match: { expr: { expression } }, preview });
  }
  return rules;
}

function rateRules(owner: Construct, options: RequestRuleOptions): ComputeSecurityPolicyRule[] {
  const { apiKeyHeader: header, requestsPerMinutePerKey, requestsPerMinutePerIp, previewRates: preview } = options;
  const rules: ComputeSecurityPolicyRule[] = [];
  if (requestsPerMinutePerKey !== 0) {
    const { keyBanSeconds } = options;
    if (header === undefined) {
      throw new ValidationError(owner, {
        what: "requestsPerMinutePerKey",
        got: requestsPerMinutePerKey,
        allowed: "a limit per key where apiKeyHeader is set",
        fix: "name the header that carries the key, or limit per address",
      });
    }
    rules.push({
      ...limit(owner, "PerKey", requestsPerMinutePerKey, "keyBanSeconds", keyBanSeconds, EdgeRateKey.header(header)),
      priority: keyBanSeconds === 0 ? 70_000 : 70_500,
      description: `${requestsPerMinutePerKey} requests a minute and key`,
      match: { expr: { expression: `has(request.headers['${header}'])` } },
      preview,
    });
  }
  if (requestsPerMinutePerIp !== 0) {
    const { ipBanSeconds } = options;
    rules.push({
      ...limit(owner, "PerIp", requestsPerMinutePerIp, "ipBanSeconds", ipBanSeconds, EdgeRateKey.ip()),
      priority: ipBanSeconds === 0 ? 71_000 : 71_500,
      description: `${requestsPerMinutePerIp} requests a minute and address`,
      match: EVERYONE,
      preview,
    });
  }
  return rules;
}

/** A ban has its own priority: Google Cloud cannot turn a ban into a throttle. */
function limit(
  owner: Construct,
  per: string,
  requests: number,
  banProp: string,
  banSeconds: number,
  key: EdgeRateKey,
): Pick<ComputeSecurityPolicyRule, "action" | "rateLimitOptions" | "redirectOptions"> {
  const what = `requestsPerMinute${per}`;
  const count = banSeconds === 0 ? rateCount : rateCountOfBan;
  checkLiteral(owner, what, requests);
  const fix = `give a number of requests, 0 for no limit; above ${rateCountOfBan.max} set ${banProp} to 0`;
  checkWithin(owner, what, requests, count, fix);
  checkLiteral(owner, banProp, banSeconds);
  checkAllowed(owner, banProp, banSeconds, banDuration.or(0), "use one of these, 0 for no ban");
  const options = { requests, intervalSeconds: 60, keys: [key] };
  return (banSeconds === 0 ? EdgeAction.throttle(options) : EdgeAction.ban({ ...options, banSeconds }))._render();
}
