import { type Block, blockOf } from "../../topology/document";
import { booleanOf, numberOf, textsOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, blocksAt, isSet } from "../places";
import { ACTIONS, api, below, ERROR_POLICIES, URL_MAPS } from "./url-map-places";

/** Route actions, error policies and tests of URL maps, each as a whole. */
export const urlMapActionRules: readonly Rule[] = [
  blockRule(
    {
      id: "url-map-cors-credentials",
      title: "CORS with credentials names its origins",
      severity: "warning",
      why: "Browsers refuse credentials where the allowed origin is *; a load balancer that answers with the asking origin instead would let every site in.",
      fix: "list the origins in allow_origins",
      source: "Fetch standard, CORS protocol and credentials, read 2026-11-22",
    },
    URL_MAPS,
    below("cors_policy"),
    (cors, blame) => {
      if (booleanOf(cors.allow_credentials) === true && textsOf(cors.allow_origins).includes("*"))
        blame("allow_origins", cors.allow_origins);
    },
  ),
  blockRule(
    {
      id: "url-map-cors-empty",
      title: "a CORS policy allows some origin",
      severity: "warning",
      why: "Without allow_origins and allow_origin_regexes no site is let in, as without the policy.",
      fix: "list the origins in allow_origins, or set disabled = true",
      source: api("CorsPolicy.allowOrigins"),
    },
    URL_MAPS,
    below("cors_policy"),
    (cors, blame) => {
      const off = isSet(cors.disabled) && booleanOf(cors.disabled) !== false;
      if (!off && !isSet(cors.allow_origins) && !isSet(cors.allow_origin_regexes)) blame("allow_origins", undefined);
    },
  ),
  blockRule(
    {
      id: "url-map-retry-timeout",
      title: "per_try_timeout is above 0 and not above the route's timeout",
      severity: "warning",
      why: "The timeout includes all retries, so a longer try leaves no time for the next one; 0 is not a time the API's text allows.",
      fix: "set per_try_timeout to a part of timeout",
      source: api("HttpRetryPolicy.perTryTimeout"),
    },
    URL_MAPS,
    ACTIONS,
    (action, blame) => {
      const retry = blockOf(blockOf(action.retry_policy)?.per_try_timeout);
      const each = durationOf(retry);
      const all = durationOf(blockOf(action.timeout));
      if (each !== undefined && (each === 0 || (all !== undefined && each > all)))
        blame("retry_policy.per_try_timeout", retry);
    },
  ),
  blockRule(
    {
      id: "url-map-error-unique",
      title: "each response code stands in one error rule",
      why: "The API rejects codes that occur twice in one policy.",
      fix: "take the code out of one of the rules",
      source: api("CustomErrorResponsePolicyCustomErrorResponseRule.matchResponseCodes"),
    },
    URL_MAPS,
    ERROR_POLICIES,
    (policy, blame) => {
      const seen = new Set<string>();
      for (const { at, block } of blocksAt(policy, "error_response_rule")) {
        for (const code of textsOf(block.match_response_codes)) {
          if (seen.has(code)) blame(`${at}.match_response_codes`, code);
          seen.add(code);
        }
      }
    },
  ),
  blockRule(
    {
      id: "url-map-error-default",
      title: "the URL map's own error policy names its error_service",
      why: "With rules in it, the API wants the bucket; lower levels may inherit it, this one cannot.",
      fix: "set error_service to a google_compute_backend_bucket",
      source: api("CustomErrorResponsePolicy.errorService"),
    },
    URL_MAPS,
    [ERROR_POLICIES[0]!],
    (policy, blame) => {
      if (isSet(policy.error_response_rule) && !isSet(policy.error_service)) blame("error_service", undefined);
    },
  ),
  blockRule(
    {
      id: "url-map-test-expectation",
      title: "a test expects a service or a redirect code, not both, and not nothing",
      why: "The API rejects expected_redirect_response_code beside service, and a test without an expectation.",
      fix: "set service, or expected_output_url and expected_redirect_response_code",
      source: api("UrlMapTest.expectedRedirectResponseCode"),
    },
    URL_MAPS,
    ["test"],
    (test, blame) => {
      const redirect = isSet(test.expected_redirect_response_code);
      if (isSet(test.service) && redirect)
        blame("expected_redirect_response_code", test.expected_redirect_response_code);
      if (!isSet(test.service) && !redirect && !isSet(test.expected_output_url)) blame("service", undefined);
    },
  ),
];

function durationOf(block: Block | undefined): number | undefined {
  if (!block) return undefined;
  const seconds = numberOf(block.seconds ?? 0);
  const nanos = numberOf(block.nanos ?? 0);
  return seconds === undefined || nanos === undefined ? undefined : seconds + nanos / 1e9;
}
