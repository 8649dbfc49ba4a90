import { integer, length, limit, matching, number, oneOf } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { POLICY, REGION_POLICY } from "./cloud-armor-policies";

const PROVIDER = "provider documentation of google_compute_security_policy 7.45.0";
const ADAPTIVE = "validation of google_compute_security_policy in provider 7.45.0";

const BOTH = `${POLICY}|${REGION_POLICY}`;
const OPTIONS = "advanced_options_config";
const LAYER_7 = "adaptive_protection_config.layer_7_ddos_defense_config";
const THRESHOLDS = `${LAYER_7}.threshold_configs`;
const SITE_KEY = length(1, 1024);

/** Limits on what a security policy says beside its rules. */
export const cloudArmorOptionLimits: readonly Rule[] = [
  limit(
    "armor-json-parsing",
    BOTH,
    `${OPTIONS}.json_parsing`,
    oneOf("DISABLED", "STANDARD", "STANDARD_WITH_GRAPHQL"),
    "use STANDARD to have WAF rules read JSON bodies",
    PROVIDER,
  ),
  limit(
    "armor-log-level",
    BOTH,
    `${OPTIONS}.log_level`,
    oneOf("NORMAL", "VERBOSE"),
    "use NORMAL, or VERBOSE to find false positives",
    PROVIDER,
  ),
  limit(
    "armor-body-size",
    POLICY,
    `${OPTIONS}.request_body_inspection_size`,
    matching(/^(8|16|32|48|64)KB$/i, "8KB, 16KB, 32KB, 48KB or 64KB"),
    "use one of these sizes",
    PROVIDER,
  ),
  limit(
    "armor-content-type",
    BOTH,
    `${OPTIONS}.json_custom_config.content_types[]`,
    matching(/^[^\s/;]+\/[^\s/;]+$/, "type/subtype without parameters"),
    "write application/vnd.api+json, without ; charset=…",
    PROVIDER,
  ),
  limit(
    "armor-user-ip-header",
    BOTH,
    `${OPTIONS}.user_ip_request_headers[]`,
    matching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "header names"),
    "name a header like True-Client-IP",
    PROVIDER,
  ),
  limit(
    "armor-recaptcha-site-key",
    POLICY,
    "recaptcha_options_config.redirect_site_key",
    SITE_KEY,
    "give the site key, or leave the block out for a key that Google manages",
    PROVIDER,
  ),
  limit(
    "armor-ddos-protection",
    REGION_POLICY,
    "ddos_protection_config.ddos_protection",
    oneOf("STANDARD", "ADVANCED", "ADVANCED_PREVIEW"),
    "use STANDARD or ADVANCED",
    "provider documentation of google_compute_region_security_policy 7.45.0",
  ),
  limit(
    "armor-field-base",
    REGION_POLICY,
    "user_defined_fields.base",
    oneOf("IPV4", "IPV6", "TCP", "UDP"),
    "count the offset from one of these headers",
    "Compute API v1, SecurityPolicyUserDefinedField, read 2026-11-22",
  ),
  limit(
    "armor-field-size",
    REGION_POLICY,
    "user_defined_fields.size",
    integer(1, 4),
    "take 1 to 4 bytes",
    "Compute API v1, SecurityPolicyUserDefinedField, read 2026-11-22",
  ),
  limit(
    "armor-field-mask",
    REGION_POLICY,
    "user_defined_fields.mask",
    matching(/^0x[0-9a-fA-F]{1,8}$/, "a hexadecimal number of at most 4 bytes"),
    'write it like "0x1fff"',
    "Compute API v1, SecurityPolicyUserDefinedField, read 2026-11-22",
  ),
  limit(
    "armor-adaptive-visibility",
    POLICY,
    `${LAYER_7}.rule_visibility`,
    oneOf("STANDARD", "PREMIUM"),
    "use STANDARD or PREMIUM",
    ADAPTIVE,
  ),
  limit(
    "armor-adaptive-name",
    POLICY,
    `${THRESHOLDS}.name`,
    matching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "1 to 63 lower-case letters, digits and hyphens"),
    "respell the name",
    ADAPTIVE,
  ),
  limit(
    "armor-adaptive-load",
    POLICY,
    `${THRESHOLDS}.auto_deploy_load_threshold`,
    number(0, Number.POSITIVE_INFINITY),
    "give a share of the load, such as 0.8",
    ADAPTIVE,
  ),
  limit(
    "armor-adaptive-confidence",
    POLICY,
    `${THRESHOLDS}.auto_deploy_confidence_threshold`,
    number(0, 1),
    "give a share from 0 to 1",
    ADAPTIVE,
  ),
  limit(
    "armor-adaptive-impact",
    POLICY,
    `${THRESHOLDS}.auto_deploy_impacted_baseline_threshold`,
    number(0, 1),
    "give a share from 0 to 1",
    ADAPTIVE,
  ),
  limit(
    "armor-adaptive-expiration",
    POLICY,
    `${THRESHOLDS}.auto_deploy_expiration_sec`,
    integer(1, 7776000),
    "let it expire within 90 days",
    ADAPTIVE,
  ),
  limit(
    "armor-adaptive-detection-load",
    POLICY,
    `${THRESHOLDS}.detection_load_threshold`,
    number(0, Number.POSITIVE_INFINITY),
    "give a share of the load, such as 0.8",
    ADAPTIVE,
  ),
  limit(
    "armor-adaptive-qps",
    POLICY,
    `${THRESHOLDS}.detection_absolute_qps`,
    number(0, Number.POSITIVE_INFINITY),
    "give requests per second",
    ADAPTIVE,
  ),
  limit(
    "armor-adaptive-relative-qps",
    POLICY,
    `${THRESHOLDS}.detection_relative_to_baseline_qps`,
    number(1, Number.POSITIVE_INFINITY),
    "give a multiple of the baseline, from 1",
    ADAPTIVE,
  ),
  limit(
    "armor-adaptive-granularity",
    POLICY,
    `${THRESHOLDS}.traffic_granularity_configs.type`,
    oneOf("HTTP_HEADER_HOST", "HTTP_PATH"),
    "use HTTP_HEADER_HOST or HTTP_PATH",
    ADAPTIVE,
  ),
];
