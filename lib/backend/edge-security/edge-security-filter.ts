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

/** What both kinds of policy can filter by. */
export interface EdgeFilterProps {
  /**
   * Addresses or ranges that are refused, before anything else; split into rules of 10. Add at the
   * end: then only the last of these rules changes.
   * @default none
   */
  readonly deniedIpRanges?: string[];
  /**
   * Addresses or ranges that are let through past all later rules: WAF, API key and rate limits
   * too. Split into rules of 10; add at the end.
   * @default none
   */
  readonly trustedIpRanges?: string[];
  /**
   * Addresses or ranges from which alone requests are accepted, at most 5; those that are let
   * through still meet all later rules. For more, use trustedIpRanges and denyByDefault. @default
   * all
   */
  readonly onlyIpRanges?: string[];
  /**
   * Country codes of ISO 3166-1 alpha-2 that are refused: `["XX"]`. By the address, so that a VPN
   * gets around it. @default none
   */
  readonly deniedRegions?: string[];
  /** Country codes of ISO 3166-1 alpha-2 from which alone requests are accepted. @default all */
  readonly onlyRegions?: string[];
  /** Rules of your own, in the priority bands that `EdgeRule` names. @default none */
  readonly rules?: EdgeRule[];
  /**
   * Refuses what no rule allows: with trustedIpRanges, only those get in. Not together with rate
   * limits, which allow everybody who keeps to them.
   * @default false
   */
  readonly denyByDefault?: boolean;
  /**
   * Only logs what the rules would do; while it is set, the default rule allows, because it has no
   * preview. @default false
   */
  readonly preview?: boolean;
  /** Parts that only log, while the others act. @default none */
  readonly previewParts?: EdgeSecurityPart[];
  /** At most 2048 characters. @default none */
  readonly description?: string;
}
