import type { ComputeSecurityPolicy } from "@cdktf/provider-google/lib/compute-security-policy";
import type { Construct } from "constructs";
import { setNewerAttribute } from "../../project/google-provider-version";
import type { EdgeFilterProps } from "./edge-security-filter";
import { createGlobalPolicy, PolicyRules } from "./edge-security-resource";
import { advancedOptions, securityRules, withAiApi } from "./edge-security-rules";
import type { EdgeBodyInspection, EdgeWafRuleSet } from "./edge-security-waf";
import { SecurityPolicyRules } from "./security-policy-rules";

/**
 * Each prop has two defaults: of `new EdgeSecurity(…)`, which filters nothing by itself, and of
 * `EdgeSecurity.forAiApi(…)`.
 */
export interface EdgeSecurityProps extends EdgeFilterProps {
  /**
   * Request header that carries the API key. One only: with two, a caller could vary the one that
   * the service ignores. @default none; forAiApi: authorization
   */
  readonly apiKeyHeader?: string;
  /**
   * Refuses requests without that header with 403 (Cloud Armor has no 401). It looks for the
   * header, not at the key: the service still has to check it. Preflight requests (OPTIONS) pass.
   * @default true where apiKeyHeader is set
   */
  readonly requireApiKey?: boolean;
  /**
   * Paths that need no key: `/health`, or `/docs/*` for everything below. @default none; forAiApi:
   * /health
   */
  readonly keylessPaths?: string[];
  /**
   * Refuses bodies that declare more, in KiB; 0 for no limit. Only the Content-Length header is
   * looked at: a body sent in chunks, or over HTTP/2 without that header, passes. @default 0;
   * forAiApi: 32768, what Cloud Run takes over HTTP/1 (as users quote Google:
   * github.com/zhaofengli/attic/issues/122, read 2026-11-22; not read on Google's own page).
   * Services that speak h2c can take more: raise it for them
   */
  readonly maxBodyKiB?: number;
  /**
   * Refuses POST, PUT and PATCH without Content-Length. Closes the gap of maxBodyKiB, but shuts out
   * clients that stream uploads. @default false
   */
  readonly requireContentLength?: boolean;
  /**
   * Requests of one key in a minute, 1 to 1,000,000 (with keyBanSeconds to 10,000); 0 for no limit.
   * The key is the first 128 bytes of the header: signed tokens that only differ later share a
   * count. An invented key has a count of its own. @default 0; forAiApi: 600
   */
  readonly requestsPerMinutePerKey?: number;
  /**
   * Shuts a key out for so long once it exceeds its limit: 0, 60, 120, 180, 240, 270, 300, 600,
   * 900, 1200, 1800, 2700 or 3600 seconds. @default 0: only the requests beyond the limit are
   * refused, with 429
   */
  readonly keyBanSeconds?: number;
  /**
   * Requests of one address in a minute, 1 to 1,000,000 (with ipBanSeconds to 10,000); 0 for no
   * limit. Where keys are counted, this counts the requests without a key: a limit lets conforming
   * requests through at once, so that no request can be held against two. @default 0; forAiApi: 600
   */
  readonly requestsPerMinutePerIp?: number;
  /**
   * Shuts an address out for so long once it exceeds its limit; values as keyBanSeconds. @default
   * 0; forAiApi: 300
   */
  readonly ipBanSeconds?: number;
  /** Preconfigured WAF rules. @default none; forAiApi: SQLI, XSS, RCE, LFI, RFI */
  readonly wafRuleSets?: EdgeWafRuleSet[];
  /**
   * OWASP paranoia level: 1 takes the signatures with the fewest false alarms, 4 all. @default 1
   */
  readonly wafSensitivity?: number;
  /** Signatures to leave out, by id: `owasp-crs-v030301-id942350-sqli`. @default none */
  readonly wafOptOutSignatures?: string[];
  /** What the WAF reads of requests with a body. @default EdgeBodyInspection.withoutValues() */
  readonly wafBodies?: EdgeBodyInspection;
  /**
   * How much of a body the WAF reads: 8, 16, 32, 48 or 64 KiB. Needs provider 7.17 or later, and
   * raises the stack's constraint to it. Once it was set, set it to 8 rather than take it away: the
   * provider leaves the policy as it is then. @default Google's own: 8
   */
  readonly inspectedBodyKiB?: number;
  /**
   * Content types, besides application/json, whose bodies are JSON: `application/vnd.api+json`.
   * @default none
   */
  readonly jsonContentTypes?: string[];
  /**
   * Watches for attacks on layer 7 and alerts. Without Cloud Armor Enterprise an alert has only
   * confidence and size, no signature and no suggested rule
   * (docs.cloud.google.com/armor/docs/adaptive-protection-overview, read 2026-11-22). @default
   * false; forAiApi: true
   */
  readonly adaptiveProtection?: boolean;
  /**
   * Logs which part of a request a WAF rule matched, with its text: parts of prompts get into the
   * log. To find false alarms. @default false
   */
  readonly verboseLogging?: boolean;
}

/**
 * A Cloud Armor policy for backend services: what the load balancer refuses before it reaches a
 * region. Attach it by passing `policyId` to a backend; attaching and detaching are changes in
 * place.
 *
 * Rules stand inside the policy, at priorities that depend on what they do and on nothing else:
 * adding one never renumbers another. A lower number is asked first, and the first rule that
 * matches decides. 10,000 denied addresses; 11,000 trusted addresses; 12,000 regions; 31,000 API
 * key; 32,000 body size; 50,000 WAF; 70,000 limit per key; 71,000 limit per address; 2,147,483,647
 * everything else. The bands between are for rules of your own, see `EdgeRule`.
 *
 * It costs per policy, rule and request: see `monthlyCostUsd`. A project may have only so many
 * rules with expressions: see `expressionRuleCount`.
 */
export class EdgeSecurity extends SecurityPolicyRules {
  /**
   * A policy with everything that an API for a model wants. Each part can be changed, and left out
   * by 0, false or an empty list.
   */
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
    this._preview = props.preview ?? false;
    const { rules, inspectedKiB } = securityRules(this, props);
    this.resource = createGlobalPolicy(this, "CLOUD_ARMOR", {
      description: props.description,
      // Written out even where they are off: by its source, provider 6.50.0 crashes when the first
      // block goes, and leaves adaptive protection on when the second does.
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
   * What the policy costs in a month at list prices of Cloud Armor Standard, in USD: 5 for the
   * policy, 1 for each rule, 0.75 for a million requests (two third-party transcriptions of
   * Google's price list, read 2026-11-22; check cloud.google.com/armor/pricing). Refused requests
   * are paid for too.
   *
   * @param requestsMillions Requests of the month, in millions.
   * @throws ValidationError for a negative number.
   */
  public monthlyCostUsd(requestsMillions: number): number {
    return this._rules.monthlyCostUsd(requestsMillions);
  }
}
