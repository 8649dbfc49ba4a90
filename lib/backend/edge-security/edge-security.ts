import type { ComputeSecurityPolicy } from "@cdktf/provider-google/lib/compute-security-policy";
import type { Construct } from "constructs";
import { checked } from "../../core/checked";
import { setNewerAttribute } from "../../project/google-provider-version";
import { type ProviderOptions, useProvider } from "../../project/provider";
import type { EdgeFilterProps } from "./edge-security-filter";
import { createGlobalPolicy, PolicyRules } from "./edge-security-resource";
import { advancedOptions, securityRules, withAiApi } from "./edge-security-rules";
import type { EdgeBodyInspection, EdgeWafRuleSet } from "./edge-security-waf";
import { SecurityPolicyRules } from "./security-policy-rules";

/** Defaults differ between `new EdgeSecurity(…)`, which filters nothing, and `forAiApi(…)`. */
export interface EdgeSecurityProps extends EdgeFilterProps, ProviderOptions {
  /**
   * Request header with the API key. Only one: with two, a caller could vary the one that the
   * service ignores. @default none; forAiApi: authorization
   */
  readonly apiKeyHeader?: string;
  /**
   * Refuses requests without that header with 403 (Cloud Armor does not have 401). It does not
   * check the key: the service must. Preflight requests (OPTIONS) pass. @default true if
   * apiKeyHeader is set
   */
  readonly requireApiKey?: boolean;
  /** Paths that need no key: `/health`, `/docs/*` (a prefix). @default none; forAiApi: /health */
  readonly keylessPaths?: string[];
  /**
   * Refuses bodies that declare more, in KiB; 0 for no limit. Only Content-Length counts: bodies
   * sent in chunks, or over HTTP/2 without that header, pass. Raise it for services that speak h2c,
   * which can take more. @default 0; forAiApi: 32768, Cloud Run's limit over HTTP/1 (as users quote
   * Google: github.com/zhaofengli/attic/issues/122, read 2026-11-22; not read on Google's own page)
   */
  readonly maxBodyKiB?: number;
  /**
   * Refuses POST, PUT and PATCH without Content-Length. This closes the gap of maxBodyKiB, but
   * blocks clients that stream uploads. @default false
   */
  readonly requireContentLength?: boolean;
  /**
   * Requests per key and minute, 1 to 1,000,000 (with keyBanSeconds to 10,000); 0 for no limit. The
   * key is the first 128 bytes of the header: signed tokens that only differ later share a count.
   * An invented key has its own count. @default 0; forAiApi: 600
   */
  readonly requestsPerMinutePerKey?: number;
  /**
   * How long a key over its limit is banned: 0, 60, 120, 180, 240, 270, 300, 600, 900, 1200, 1800,
   * 2700 or 3600 seconds. @default 0: only requests over the limit are refused, with 429
   */
  readonly keyBanSeconds?: number;
  /**
   * Requests per address and minute, 1 to 1,000,000 (with ipBanSeconds to 10,000); 0 for no limit.
   * If keys are counted, this applies to requests without a key: a limit ends the evaluation, so
   * one request cannot count towards two. @default 0; forAiApi: 600
   */
  readonly requestsPerMinutePerIp?: number;
  /** How long an address over its limit is banned, as keyBanSeconds. @default 0; forAiApi: 300 */
  readonly ipBanSeconds?: number;
  /** Preconfigured WAF rules. @default none; forAiApi: SQLI, XSS, RCE, LFI, RFI */
  readonly wafRuleSets?: EdgeWafRuleSet[];
  /** OWASP paranoia level, from 1 (fewest false alarms) to 4 (all signatures). @default 1 */
  readonly wafSensitivity?: number;
  /** Signatures to leave out, by id: `owasp-crs-v030301-id942350-sqli`. @default none */
  readonly wafOptOutSignatures?: string[];
  /** What the WAF inspects of requests with a body. @default EdgeBodyInspection.withoutValues() */
  readonly wafBodies?: EdgeBodyInspection;
  /**
   * How much of a body the WAF reads: 8, 16, 32, 48 or 64 KiB. Needs provider 7.17 or later, and
   * raises the stack's constraint to it. To undo it, set it to 8: if it is removed, the provider
   * leaves the policy unchanged. @default Google's own: 8
   */
  readonly inspectedBodyKiB?: number;
  /** Further content types with JSON bodies: `application/vnd.api+json`. @default none */
  readonly jsonContentTypes?: string[];
  /**
   * Detects layer 7 attacks and alerts. Without Cloud Armor Enterprise an alert has only confidence
   * and size, without a signature or a suggested rule
   * (docs.cloud.google.com/armor/docs/adaptive-protection-overview, read 2026-11-22).
   * @default false; forAiApi: true
   */
  readonly adaptiveProtection?: boolean;
  /**
   * Logs the text that a WAF rule matched, which may be part of a prompt. To find false alarms.
   * @default false
   */
  readonly verboseLogging?: boolean;
}

/**
 * A Cloud Armor policy for backend services: the load balancer refuses requests before they reach a
 * region. Pass `policyId` to a backend; attaching and detaching are changes in place.
 *
 * The priority of a rule depends only on what it does: adding one never renumbers another. Lower
 * numbers are evaluated first, and the first match decides. 10,000 denied addresses; 11,000 trusted
 * addresses; 12,000 regions; 31,000 API key; 32,000 body size; 50,000 WAF; 70,000 limit per key;
 * 71,000 limit per address; 2,147,483,647 everything else. For your own rules, see `EdgeRule`.
 *
 * It costs per policy, rule and request: see `monthlyCostUsd`. Projects have a quota of rules with
 * expressions: see `expressionRuleCount`.
 */
@checked
export class EdgeSecurity extends SecurityPolicyRules {
  /** Recommended settings for a model's API. Turn off a part with 0, false or an empty list. */
  public static forAiApi(scope: Construct, id: string, props: EdgeSecurityProps = {}): EdgeSecurity {
    return new EdgeSecurity(scope, id, withAiApi(props));
  }

  public readonly resource: ComputeSecurityPolicy;
  /** For `securityPolicyId` of a backend. */
  public readonly policyId: string;

  /** @internal */
  public readonly _rules: PolicyRules;
  /** @internal */
  public readonly _preview: boolean;

  public constructor(scope: Construct, id: string, props: EdgeSecurityProps = {}) {
    super(scope, id);
    useProvider(this, props.provider);
    this._preview = props.preview ?? false;
    const { rules, inspectedKiB } = securityRules(this, props);
    this.resource = createGlobalPolicy(this, "CLOUD_ARMOR", {
      description: props.description,
      // Written even if off: by its source, provider 6.50.0 crashes if the first block is removed,
      // and leaves adaptive protection on if the second is.
      advancedOptionsConfig: advancedOptions(props),
      adaptiveProtectionConfig: {
        layer7DdosDefenseConfig: { enable: props.adaptiveProtection ?? false, ruleVisibility: "STANDARD" },
      },
    });
    this._rules = new PolicyRules(this, (all) => this.resource.putRule(all), rules, "global");
    this.policyId = this.resource.id;
    if (props.inspectedBodyKiB !== undefined) {
      setNewerAttribute(this.resource, "request_body_inspection_size", `${inspectedKiB}KB`);
    }
  }

  /**
   * Monthly cost of the policy at list prices of Cloud Armor Standard, in USD: 5 for the policy, 1
   * per rule, 0.75 per million requests, including refused ones (two third-party copies of Google's
   * price list, read 2026-11-22; check cloud.google.com/armor/pricing).
   *
   * @param requestsMillions Requests of the month, in millions.
   * @throws ValidationError for a negative number.
   */
  public monthlyCostUsd(requestsMillions: number): number {
    return this._rules.monthlyCostUsd(requestsMillions);
  }
}
