import type {
  ComputeSecurityPolicyAdvancedOptionsConfig,
  ComputeSecurityPolicyRule,
} from "@cdktf/provider-google/lib/compute-security-policy";
import type { Construct } from "constructs";
import { checkAllowed } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { withoutUnset } from "../../core/unset";
import { contentType, inspectedKiB as inspectedSizes } from "../../google/cloud-armor";
import type { EdgeSecurityProps } from "./edge-security";
import { EdgeSecurityPart } from "./edge-security-filter";
import { filterRules, isPreviewed } from "./edge-security-lists";
import { headerName, requestRules } from "./edge-security-requests";
import { customRule, defaultRule } from "./edge-security-resource";
import { EdgeBodyInspection, EdgeWafRuleSet, wafRules } from "./edge-security-waf";

const AI_API: EdgeSecurityProps = {
  apiKeyHeader: "authorization",
  keylessPaths: ["/health"],
  maxBodyKiB: 32 * 1024,
  requestsPerMinutePerKey: 600,
  requestsPerMinutePerIp: 600,
  ipBanSeconds: 300,
  wafRuleSets: [EdgeWafRuleSet.SQLI, EdgeWafRuleSet.XSS, EdgeWafRuleSet.RCE, EdgeWafRuleSet.LFI, EdgeWafRuleSet.RFI],
  adaptiveProtection: true,
};

/**
 * How much of a body the WAF reads by default (docs.cloud.google.com/armor/docs/content-parsing,
 * read 2026-11-22).
 */
const INSPECTED_KIB = 8;

/** Fills in the defaults of an API for a model. */
export function withAiApi(props: EdgeSecurityProps): EdgeSecurityProps {
  return { ...AI_API, ...withoutUnset(props) };
}

/** The rules for global and regional policies, and how much of a body they inspect. */
export function securityRules(
  owner: Construct,
  props: EdgeSecurityProps,
): { rules: ComputeSecurityPolicyRule[]; inspectedKiB: number } {
  const preview = props.preview ?? false;
  const apiKeyHeader =
    props.apiKeyHeader === undefined ? undefined : headerName(owner, "apiKeyHeader", props.apiKeyHeader);
  checkDefaultIsAsked(owner, props);
  for (const type of props.jsonContentTypes ?? []) checkAllowed(owner, "jsonContentTypes", type, contentType);
  const inspectedKiB = inspectedSize(owner, props.inspectedBodyKiB);
  const rules = [
    ...filterRules(owner, props),
    ...requestRules(owner, {
      apiKeyHeader,
      requireApiKey: props.requireApiKey ?? apiKeyHeader !== undefined,
      keylessPaths: props.keylessPaths ?? [],
      maxBodyKiB: props.maxBodyKiB,
      requireContentLength: props.requireContentLength ?? false,
      requestsPerMinutePerKey: props.requestsPerMinutePerKey ?? 0,
      keyBanSeconds: props.keyBanSeconds ?? 0,
      requestsPerMinutePerIp: props.requestsPerMinutePerIp ?? 0,
      ipBanSeconds: props.ipBanSeconds ?? 0,
      previewApiKey: isPreviewed(props, EdgeSecurityPart.API_KEY),
      previewBodySize: isPreviewed(props, EdgeSecurityPart.BODY_SIZE),
      previewRates: isPreviewed(props, EdgeSecurityPart.RATES),
    }),
    ...wafRules(owner, {
      ruleSets: props.wafRuleSets ?? [],
      sensitivity: props.wafSensitivity ?? 1,
      optOutSignatures: props.wafOptOutSignatures ?? [],
      bodies: props.wafBodies ?? EdgeBodyInspection.withoutValues(),
      inspectedBytes: inspectedKiB * 1024,
      secretHeaders: [...new Set(["authorization", apiKeyHeader ?? "authorization"])],
      preview: isPreviewed(props, EdgeSecurityPart.WAF),
    }),
    ...(props.rules ?? []).map((rule) => customRule(owner, rule, preview)),
    defaultRule(props.denyByDefault, preview),
  ];
  return { rules, inspectedKiB };
}

export function advancedOptions(props: EdgeSecurityProps): ComputeSecurityPolicyAdvancedOptionsConfig {
  return {
    jsonParsing: "STANDARD",
    jsonCustomConfig: props.jsonContentTypes?.length ? { contentTypes: props.jsonContentTypes } : undefined,
    logLevel: props.verboseLogging ? "VERBOSE" : "NORMAL",
  };
}

function inspectedSize(owner: Construct, kiB: number | undefined): number {
  checkAllowed(owner, "inspectedBodyKiB", kiB, inspectedSizes);
  return kiB ?? INSPECTED_KIB;
}

/** A rate limit allows everyone within it, so denying by default would have no effect. */
function checkDefaultIsAsked(owner: Construct, props: EdgeSecurityProps): void {
  const limits = ["requestsPerMinutePerKey", "requestsPerMinutePerIp"] as const;
  const set = limits.filter((name) => (props[name] ?? 0) !== 0);
  if (!props.denyByDefault || set.length === 0) return;
  throw new ValidationError(owner, {
    what: "denyByDefault",
    got: `true, with ${set.join(" and ")}`,
    allowed: "no rate limits beside it: they allow every request within the limit",
    fix: "set them to 0, or leave denyByDefault out and use onlyIpRanges or onlyRegions",
  });
}
