import type { EdgeRule } from "./edge-security-rule";

/** A part of a policy, for trying it out in preview. */
export enum EdgeSecurityPart {
  /** `deniedIpRanges` */
  DENIED_IP_RANGES = "deniedIpRanges",
  /** `trustedIpRanges` */
  TRUSTED_IP_RANGES = "trustedIpRanges",
  /** `deniedRegions`, `onlyRegions` and `onlyIpRanges` */
  ORIGINS = "origins",
  /** `apiKeyHeader`: the rule that refuses requests without it */
  API_KEY = "apiKey",
  /** `maxBodyKiB` and `requireContentLength` */
  BODY_SIZE = "bodySize",
  /** `wafRuleSets` */
  WAF = "waf",
  /** `requestsPerMinutePerKey` and `requestsPerMinutePerIp` */
  RATES = "rates",
}

/** Filters common to both kinds of policy. */
export interface EdgeFilterProps {
  /**
   * Addresses or ranges refused before all other rules, split into rules of 10. Append new ones:
   * then only the last rule changes. @default none
   */
  readonly deniedIpRanges?: string[];
  /**
   * Addresses or ranges that skip all later rules, including WAF, API key and rate limits. Split
   * into rules of 10: append new ones. @default none
   */
  readonly trustedIpRanges?: string[];
  /**
   * The only addresses or ranges that are accepted, at most 5; later rules still apply to them. For
   * more, use trustedIpRanges and denyByDefault. @default all
   */
  readonly onlyIpRanges?: string[];
  /** ISO 3166-1 alpha-2 country codes to refuse: `["XX"]`. VPNs get around it. @default none */
  readonly deniedRegions?: string[];
  /** ISO 3166-1 alpha-2 country codes of the only accepted countries. @default all */
  readonly onlyRegions?: string[];
  /** Your own rules, in the priority bands of `EdgeRule`. @default none */
  readonly rules?: EdgeRule[];
  /**
   * Refuses requests that no rule allows: only trustedIpRanges get in. Not together with rate
   * limits, which allow everyone within the limit. @default false
   */
  readonly denyByDefault?: boolean;
  /** Only logs what the rules would do; the default rule then allows. @default false */
  readonly preview?: boolean;
  /** Parts that only log, while the others are enforced. @default none */
  readonly previewParts?: EdgeSecurityPart[];
  /** At most 2048 characters. @default none */
  readonly description?: string;
}
