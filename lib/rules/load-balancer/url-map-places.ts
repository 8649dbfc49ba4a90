export const URL_MAPS = "google_compute_url_map|google_compute_region_url_map";
/** Where a URL map has route actions, redirects, header actions and error policies. */
export const ACTIONS = [
  "default_route_action",
  "path_matcher.default_route_action",
  "path_matcher.path_rule.route_action",
  "path_matcher.route_rules.route_action",
];
export const REDIRECTS = [
  "default_url_redirect",
  "path_matcher.default_url_redirect",
  "path_matcher.path_rule.url_redirect",
  "path_matcher.route_rules.url_redirect",
];
export const HEADER_ACTIONS = [
  "header_action",
  "path_matcher.header_action",
  "path_matcher.route_rules.header_action",
  ...ACTIONS.map((action) => `${action}.weighted_backend_services.header_action`),
];
export const ERROR_POLICIES = [
  "default_custom_error_response_policy",
  "path_matcher.default_custom_error_response_policy",
  "path_matcher.path_rule.custom_error_response_policy",
  "path_matcher.route_rules.custom_error_response_policy",
];
export const MATCH = "path_matcher.route_rules.match_rules";

export function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

/** Places below every route action. */
export function below(path: string): string[] {
  return ACTIONS.map((action) => `${action}.${path}`);
}
