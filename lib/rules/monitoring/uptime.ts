import { type Block, blockOf, blocksOf } from "../../topology/document";
import { booleanOf, isComputed, isKnown, numberOf, textOf, textsOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { monitoring, UPTIME } from "./monitoring-support";
import { uptimeLimits } from "./uptime-limits";

/** How many places each choice of region has. */
const PLACES: Readonly<Record<string, number>> = { USA: 3 };
const CONTENT_RULES = monitoring("HttpCheck.contentType");
const TARGETS = ["monitored_resource", "resource_group", "synthetic_monitor"];

/** Uptime checks. */
export const uptimeRules: readonly Rule[] = [
  ...uptimeLimits,
  resourceRule(
    {
      id: "uptime-regions",
      title: "an uptime check runs from at least three places",
      why: "The API rejects fewer. USA has three places, each other choice one.",
      fix: "choose at least three regions, or none for all",
      source: monitoring("UptimeCheckConfig.selectedRegions"),
    },
    UPTIME,
    ({ values }, blame) => {
      const regions = values.selected_regions;
      if (!Array.isArray(regions) || regions.length === 0 || !isKnown(regions)) return;
      const places = [...new Set(textsOf(regions))].reduce((sum, region) => sum + (PLACES[region] ?? 1), 0);
      if (places < 3) blame("selected_regions", regions);
    },
  ),
  resourceRule(
    {
      id: "uptime-kind",
      title: "an uptime check is HTTP, TCP or a synthetic monitor",
      why: "The API rejects none and two.",
      fix: "keep http_check or tcp_check",
      source: monitoring("UptimeCheckConfig.httpCheck"),
    },
    UPTIME,
    ({ values }, blame) => {
      const kinds = ["http_check", "tcp_check", "synthetic_monitor"];
      if (kinds.some((kind) => isComputed(values, kind))) return;
      const given = kinds.filter((kind) => isSet(values[kind]));
      if (given.length !== 1) blame(given[1] ?? "http_check", given);
    },
  ),
  resourceRule(
    {
      id: "uptime-target",
      title: "an uptime check has one target",
      why: "The provider refuses none and two.",
      fix: "keep one of monitored_resource, resource_group, synthetic_monitor",
      source:
        "google_monitoring_uptime_check_config, provider code 7.45.0 (ExactlyOneOf); checked here before Terraform runs",
    },
    UPTIME,
    ({ values }, blame) => {
      if (TARGETS.some((name) => isComputed(values, name))) return;
      const given = TARGETS.filter((name) => isSet(values[name]));
      if (given.length !== 1) blame(given[1] ?? "monitored_resource", given);
    },
  ),
  resourceRule(
    {
      id: "uptime-url-host",
      title: "a check of an address names the host",
      why: "The API rejects uptime_url without the label host.",
      fix: "set monitored_resource.labels.host",
      source: monitoring("HttpCheck.path"),
    },
    UPTIME,
    ({ values }, blame) => {
      const resource = blockOf(values.monitored_resource);
      const labels = blockOf(resource?.labels);
      if (textOf(resource?.type) === "uptime_url" && labels && !isSet(labels.host))
        blame("monitored_resource.labels.host", undefined);
    },
  ),
  blockRule(
    {
      id: "uptime-body",
      title: "a body is posted, with a content type, and GET has neither",
      why: "The API rejects a GET with body or content_type, and a POST without content_type.",
      fix: "set request_method = POST and content_type = URL_ENCODED or USER_PROVIDED, or take both away",
      source: CONTENT_RULES,
    },
    UPTIME,
    ["http_check"],
    (check, blame) => {
      const method = isSet(check.request_method) ? textOf(check.request_method) : "GET";
      if (method === undefined || !isKnown(check.content_type)) return;
      const typed = isSet(check.content_type) && check.content_type !== "TYPE_UNSPECIFIED";
      if (method === "POST") {
        if (!typed) blame("content_type", check.content_type);
      } else {
        if (isSet(check.body)) blame("body", check.body, method);
        if (typed) blame("content_type", check.content_type, method);
      }
    },
  ),
  blockRule(
    {
      id: "uptime-content-type",
      title: "the content type is given once, and custom_content_type goes with USER_PROVIDED",
      why: "The API rejects a Content-Type header beside content_type, and custom_content_type with another content_type, or missing.",
      fix: "use content_type = USER_PROVIDED with custom_content_type, without the header",
      source: monitoring("HttpCheck.customContentType"),
    },
    UPTIME,
    ["http_check"],
    (check, blame) => {
      const headers = Object.keys(blockOf(check.headers) ?? {});
      if (isSet(check.content_type) && headers.some((name) => name.toLowerCase() === "content-type"))
        blame("headers", check.headers);
      const custom = isSet(check.custom_content_type);
      if (isKnown(check.content_type) && custom !== (check.content_type === "USER_PROVIDED"))
        blame("custom_content_type", check.custom_content_type);
    },
  ),
  blockRule(
    {
      id: "uptime-status-code",
      title: "an accepted status is a value or a class",
      why: "The API takes one of the two.",
      fix: "keep status_value or status_class",
      source: monitoring("ResponseStatusCode"),
    },
    UPTIME,
    ["http_check.accepted_response_status_codes"],
    (code, blame) => {
      const value = (numberOf(code.status_value) ?? (isSet(code.status_value) ? 1 : 0)) !== 0;
      if (value === isSet(code.status_class)) blame("status_class", code.status_class);
    },
  ),
  blockRule(
    {
      id: "uptime-validate-ssl",
      title: "certificates are validated where TLS is used",
      severity: "warning",
      why: "Without use_ssl, which is false by default, validate_ssl has no effect, and the check asks port 80. Not an error, because a redirect may follow.",
      fix: "set use_ssl = true",
      source: monitoring("HttpCheck.validateSsl"),
    },
    UPTIME,
    ["http_check"],
    (check, blame) => {
      const ssl = isKnown(check.use_ssl) && booleanOf(check.use_ssl) !== true;
      if (ssl && (booleanOf(check.validate_ssl) === true || numberOf(check.port) === 443))
        blame("use_ssl", check.use_ssl);
    },
  ),
  blockRule(
    {
      id: "uptime-credentials",
      title: "an uptime check authenticates in one way",
      why: "The API rejects a user name beside a token of the service agent.",
      fix: "keep auth_info or service_agent_authentication",
      source: monitoring("HttpCheck.authInfo"),
    },
    UPTIME,
    ["http_check"],
    (check, blame) => {
      if (isSet(check.auth_info) && isSet(check.service_agent_authentication))
        blame("service_agent_authentication", check.service_agent_authentication);
    },
  ),
  blockRule(
    {
      id: "uptime-json-path",
      title: "a JSON path goes with a JSON path matcher",
      why: "The API rejects the one without the other.",
      fix: "set matcher = MATCHES_JSON_PATH and json_path_matcher",
      source: monitoring("ContentMatcher.jsonPathMatcher"),
    },
    UPTIME,
    ["content_matchers"],
    (matcher: Block, blame) => {
      if (!isKnown(matcher.matcher) || isComputed(matcher, "json_path_matcher")) return;
      const wants = /JSON_PATH$/.test(textOf(matcher.matcher) ?? "");
      if (wants !== isSet(matcher.json_path_matcher)) blame("json_path_matcher", matcher.json_path_matcher);
    },
  ),
  resourceRule(
    {
      id: "uptime-vpc",
      title: "checks from inside the VPC are of Service Directory services, without chosen regions",
      why: "The API rejects other targets for VPC_CHECKERS, and selected_regions.",
      fix: "use STATIC_IP_CHECKERS, or monitored_resource.type = servicedirectory_service",
      source: `${monitoring("UptimeCheckConfig.checkerType")}; isInternal`,
    },
    UPTIME,
    ({ values }, blame) => {
      if (values.checker_type !== "VPC_CHECKERS") return;
      if (isSet(values.selected_regions)) blame("selected_regions", values.selected_regions);
      const type = textOf(blockOf(values.monitored_resource)?.type);
      if (type !== undefined && type !== "servicedirectory_service") blame("monitored_resource.type", type);
    },
  ),
  {
    id: "uptime-alerted",
    title: "somebody is told when an uptime check fails",
    severity: "warning",
    why: "A check only records. Not an error, because the alert policy may be in another stack.",
    fix: "add a google_monitoring_alert_policy on monitoring.googleapis.com/uptime_check/check_passed of this check",
    source: "docs.cloud.google.com/monitoring/uptime-checks/uptime-alerting-policies, from general knowledge, 2026-11",
    check(topology, report) {
      const policies = topology.document.ofType("google_monitoring_alert_policy");
      const general = policies.some(({ values }) =>
        blocksOf(values.conditions).some((condition) => /uptime_check|\$\{/.test(JSON.stringify(condition))),
      );
      for (const check of topology.document.ofType(UPTIME)) {
        const told = topology.referrers(check.address).some(({ type }) => type === "google_monitoring_alert_policy");
        if (!told && !general) report(check, "display_name", check.values.display_name);
      }
    },
  },
];
