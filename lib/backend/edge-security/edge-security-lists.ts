import type { ComputeSecurityPolicyRule } from "@cdktf/provider-google/lib/compute-security-policy";
import type { Construct } from "constructs";
import { checkAllowed, checkLiteral, checkUnique } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { regionCode, securityPolicyOptions, sourceRanges } from "../../google/cloud-armor";
import { MAX_SUBEXPRESSIONS } from "../../language/cloud-armor-expression";
import { type EdgeFilterProps, EdgeSecurityPart } from "./edge-security-filter";

const RANGES_PER_RULE = sourceRanges.max;
const MAX_RULES_PER_LIST = 100;
/** Each range is a subexpression. */
const MAX_ONLY_RANGES = MAX_SUBEXPRESSIONS;

export function isPreviewed(props: EdgeFilterProps, part: EdgeSecurityPart): boolean {
  return (props.preview ?? false) || (props.previewParts ?? []).includes(part);
}

/** The rules for lists of addresses and regions. A rule keeps its priority when a list grows. */
export function filterRules(owner: Construct, props: EdgeFilterProps): ComputeSecurityPolicyRule[] {
  checkAllowed(owner, "description", props.description, securityPolicyOptions.description);
  const denied = { what: "deniedIpRanges", part: EdgeSecurityPart.DENIED_IP_RANGES, action: "deny(403)" };
  const trusted = { what: "trustedIpRanges", part: EdgeSecurityPart.TRUSTED_IP_RANGES, action: "allow" };
  return [
    ...rangeRules(owner, props, props.deniedIpRanges ?? [], { ...denied, first: 10_000, title: "Denied addresses" }),
    ...rangeRules(owner, props, props.trustedIpRanges ?? [], { ...trusted, first: 11_000, title: "Trusted addresses" }),
    ...regionRule(owner, props, "deniedRegions", props.deniedRegions, 12_000),
    ...regionRule(owner, props, "onlyRegions", props.onlyRegions, 12_100),
    ...onlyRangesRule(owner, props),
  ];
}

interface RangeList {
  readonly what: string;
  readonly part: EdgeSecurityPart;
  readonly action: string;
  readonly first: number;
  readonly title: string;
}

function rangeRules(
  owner: Construct,
  props: EdgeFilterProps,
  ranges: string[],
  { what, part, action, first, title }: RangeList,
): ComputeSecurityPolicyRule[] {
  checkUnique(owner, what, ranges, "name each range once");
  if (ranges.includes("*") || ranges.length > RANGES_PER_RULE * MAX_RULES_PER_LIST) {
    throw new ValidationError(owner, {
      what,
      got: ranges.includes("*") ? "*" : `${ranges.length} ranges`,
      allowed: `at most ${RANGES_PER_RULE * MAX_RULES_PER_LIST} addresses or ranges, not all`,
      fix: "merge adjacent ranges, use denyByDefault for everybody, or an address group in a rule of your own",
    });
  }
  return Array.from({ length: Math.ceil(ranges.length / RANGES_PER_RULE) }, (_, index) => ({
    priority: first + index * 10,
    action,
    description: `${title}, list ${index + 1}`,
    match: {
      versionedExpr: "SRC_IPS_V1",
      config: { srcIpRanges: ranges.slice(index * RANGES_PER_RULE, (index + 1) * RANGES_PER_RULE) },
    },
    preview: isPreviewed(props, part),
  }));
}

function regionRule(
  owner: Construct,
  props: EdgeFilterProps,
  what: "deniedRegions" | "onlyRegions",
  codes: string[] | undefined,
  priority: number,
): ComputeSecurityPolicyRule[] {
  if (codes === undefined || codes.length === 0) {
    if (codes === undefined || what === "deniedRegions") return [];
    throw new ValidationError(owner, {
      what,
      got: [],
      allowed: "at least one country code",
      fix: "leave it out if all regions are accepted",
    });
  }
  for (const code of codes) {
    checkLiteral(owner, what, code);
    checkAllowed(owner, what, code, regionCode);
  }
  checkUnique(owner, what, codes, "name each region once");
  // One pattern is one subexpression for any number of regions; the limit is 5.
  const listed = `origin.region_code.matches('^(${codes.join("|")})$')`;
  const denied = what === "deniedRegions";
  return [
    {
      priority,
      action: "deny(403)",
      description: denied ? "Denied regions" : "All but the accepted regions",
      match: { expr: { expression: denied ? listed : `!${listed}` } },
      preview: isPreviewed(props, EdgeSecurityPart.ORIGINS),
    },
  ];
}

/** Not a rule by ranges, which would have to allow these ranges past all later rules. */
function onlyRangesRule(owner: Construct, props: EdgeFilterProps): ComputeSecurityPolicyRule[] {
  if (props.onlyIpRanges === undefined) return [];
  const ranges = props.onlyIpRanges;
  checkUnique(owner, "onlyIpRanges", ranges, "name each range once");
  if (ranges.length === 0 || ranges.length > MAX_ONLY_RANGES) {
    throw new ValidationError(owner, {
      what: "onlyIpRanges",
      got: ranges,
      allowed: `1 to ${MAX_ONLY_RANGES} addresses or ranges`,
      fix: "merge adjacent ranges, or use trustedIpRanges with denyByDefault and without rate limits",
    });
  }
  return [
    {
      priority: 12_200,
      action: "deny(403)",
      description: "All but the accepted addresses",
      match: { expr: { expression: ranges.map((range) => `!inIpRange(origin.ip, '${range}')`).join(" && ") } },
      preview: isPreviewed(props, EdgeSecurityPart.ORIGINS),
    },
  ];
}
