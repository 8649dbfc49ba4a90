import { parseCel } from "../language/cel";
import { holdsFor, type KnownRequest } from "../language/cel-request";
import type { Backend } from "../topology/backends";
import { type Block, blockOf, blocksOf } from "../topology/document";
import { type ArmorRule, byPriority, securityPolicies, sourceRanges } from "../topology/security-policies";
import type { Topology } from "../topology/topology";
import { booleanOf, isComputed, isUnset, numberOf, textOf } from "../topology/value";

/** What Cloud Armor does with a probe; undefined where that depends on more than is known. */
export function isDenied(topology: Topology, backend: Backend, request: KnownRequest): boolean | undefined {
  const { securityPolicy } = backend;
  const policy = securityPolicy && securityPolicies(topology).get(securityPolicy.address);
  if (!policy || policy.isComputed || policy.rules.some(({ priority }) => priority === undefined)) return undefined;
  for (const rule of byPriority(policy.rules)) {
    if (booleanOf(rule.block.preview) === true) continue;
    const isMatch = matchesProbe(rule, request);
    if (isMatch === undefined || rule.action === undefined) return undefined;
    if (isMatch) return rule.action.startsWith("deny");
  }
  return undefined;
}

function matchesProbe(rule: ArmorRule, request: KnownRequest): boolean | undefined {
  const ranges = [sourceRanges(rule) ?? []].flat();
  if (ranges.length > 0) return ranges.includes("*") ? true : undefined;
  const text = textOf(blockOf(blockOf(rule.block.match)?.expr)?.expression);
  if (text === undefined || text.includes("${")) return undefined;
  try {
    return holdsFor(parseCel(text).root, request);
  } catch {
    return undefined;
  }
}

/** What an HTTP check sends; undefined where Terraform computes it. Names of headers are in lower case. */
export function requestOf(check: Block) {
  const isOpen = ["headers", "path", "request_method"].some((name) => isComputed(check, name));
  const path = isUnset(check, "path") ? "/" : textOf(check.path);
  if (isOpen || path === undefined) return undefined;
  return {
    method: textOf(check.request_method) ?? "GET",
    path: path.startsWith("/") ? path : `/${path}`,
    headers: Object.entries(blockOf(check.headers) ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const),
  };
}

/** The request of a check, and the answers it takes for right; undefined where they are not all known. */
export function probeOf(check: Block): KnownRequest | undefined {
  const accepted = blocksOf(check.accepted_response_status_codes);
  const takesRefusal = accepted.some(({ status_class: each, status_value: value }) =>
    each === undefined ? numberOf(value) !== 200 : each !== "STATUS_CLASS_2XX",
  );
  const request = requestOf(check);
  if (!request || takesRefusal || isComputed(check, "accepted_response_status_codes")) return undefined;
  const signs = ["auth_info", "service_agent_authentication"].some((name) => !isUnset(check, name));
  const names = request.headers.map(([name]) => name);
  return { ...request, headers: new Set([...names, ...(signs ? ["authorization"] : [])]) };
}
