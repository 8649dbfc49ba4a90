import { displayName, literalPath } from "./formats";
import { above, at, type Conditions, entries, fulfilling, integer, items, type Limits, length, matching, number, oneOf, seconds, set, unset } from "./limit";
import { atMostOne, exactlyOne, notEmpty, order, type ResourceFacts, resourceType, when, writeOnly } from "./resource-type";
import { api, page, provider, type Source, unconfirmed } from "./source";

const monitoring = api("Cloud Monitoring API v3");

/** A text of limited size, and of limited length where that is less. */
const bytes = (max: number, characters = max) =>
  fulfilling(`at most ${characters === max ? "" : `${characters} characters and `}${max} bytes`, (value) => Buffer.byteLength(String(value)) <= max && [...String(value)].length <= characters)
    .trying({ allowed: ["x".repeat(characters)], refused: ["x".repeat(characters + 1), "€".repeat(max / 3 + 1)] })
    .fix("shorten it");

function secondsOf(value: unknown): number {
  return /^\d+(\.\d+)?s$/.test(String(value)) ? Number(String(value).slice(0, -1)) : Number.NaN;
}

/** A duration in whole steps, such as minutes. */
const steps = (step: number, min: number, source: Source) =>
  fulfilling(`a multiple of ${step} seconds from ${min}, written like "${Math.max(min, step)}s"`, (value) => secondsOf(value) >= min && secondsOf(value) % step === 0).fix(
    `give a multiple of ${step} seconds, at least ${min}`,
    source,
  );

const aMinute = fulfilling("at least 60s", (value) => !(secondsOf(value) < 60)).fix("set duration to 60s or more", monitoring("MetricThreshold.evaluationMissingData"));
const durationText = matching(/^\d+(\.\d{1,9})?s$/, 'seconds, written like "60s"').fix("write seconds with an s at the end");

const namesMetric = matching(/^\s*select_slo_|^(?=.*\bmetric\.type\b).*\b(resource\.type|group\.id)\b/s, "a filter that names metric.type and resource.type").fix(
  'add resource.type = "…" and metric.type = "…" to the filter',
  monitoring("MetricThreshold.filter"),
);

const withMetricType = matching(/\bmetric\.type\b/, "a filter that names metric.type")
  .trying({ refused: ['resource.type = "x"'] })
  .fix('add metric.type = "…" to the filter');

/** Facts that all types with a display name and labels of the user's share. */
const displayed = (group: string, field: string, format = displayName): Pick<ResourceFacts, "group" | "name" | "labels"> => ({
  group,
  name: { attribute: "display_name", format: format.from(monitoring(field)) },
  labels: "user_labels",
});

const reduces = matching(/^REDUCE_(?!NONE$)/, "a reducer").trying({ allowed: ["REDUCE_SUM"] });
const reducesNot = fulfilling("not set", (value) => value === undefined || value === "REDUCE_NONE").trying({ allowed: ["REDUCE_NONE"] });
const aligns = matching(/^ALIGN_(?!NONE$)/, "an aligner").trying({ allowed: ["ALIGN_RATE"], refused: ["ALIGN_NONE"] });

const aggregations: Limits = {
  alignment_period: [
    seconds(60, 90000).fix("give 60 seconds to 25 hours", monitoring("Aggregation.alignmentPeriod")),
    set().named("missing").when({ per_series_aligner: aligns }).fix("set alignment_period", monitoring("Aggregation.alignmentPeriod")),
  ],
  per_series_aligner: aligns.required().named("missing").when({ cross_series_reducer: reduces }).fix("set per_series_aligner", monitoring("Aggregation.crossSeriesReducer")),
  group_by_fields: unset().why("It is ignored otherwise.").when({ cross_series_reducer: reducesNot }).fix("set cross_series_reducer", monitoring("Aggregation.groupByFields")),
};

const count = integer(1).fix("give at least 1", monitoring("Trigger.count"));
const orCount = oneOf(0).fix("keep count or percent", monitoring("Trigger"));
const trigger: Limits = { count, percent: [number(0, 100).fix("give 0 to 100", monitoring("Trigger.percent")), orCount.named("or-count").when({ count })] };

const metricFilter: Limits = { filter: [namesMetric, length(1, 2048).named("length").fix("shorten the filter", monitoring("MetricThreshold.filter"))] };

export const channelId = matching(/^projects\/[^/]+\/notificationChannels\/[^/]+$/, "projects/PROJECT/notificationChannels/CHANNEL")
  .refs({ google_monitoring_notification_channel: "id name" })
  .fix("use google_monitoring_notification_channel.NAME.id", monitoring("AlertPolicy.notificationChannels"));

const KINDS = "condition_threshold condition_absent condition_matched_log condition_monitoring_query_language condition_prometheus_query_language condition_sql";
const condition = (path: string) => `conditions.${path}`;

const alertPolicy = resourceType("google_monitoring_alert_policy", {
  ...displayed("alert", "AlertPolicy.displayName", displayName.required()),
  replacedBy: [],
  limits: {
    conditions: items(1, 6).fix("give 1 to 6 conditions", monitoring("AlertPolicy.conditions")),
    ...at(["conditions.condition_threshold", "conditions.condition_absent"], metricFilter),
    ...at(["condition_threshold.aggregations", "condition_threshold.denominator_aggregations", "condition_absent.aggregations"].map(condition), aggregations),
    ...at(["condition_threshold.trigger", "condition_absent.trigger", "condition_monitoring_query_language.trigger"].map(condition), trigger),
    ...at("conditions.condition_threshold", {
      comparison: oneOf("COMPARISON_GT", "COMPARISON_LT").fix("use COMPARISON_GT or COMPARISON_LT", monitoring("MetricThreshold.comparison")),
      duration: [steps(60, 0, monitoring("MetricThreshold.duration")), aMinute.named("missing-data").when({ evaluation_missing_data: set() })],
      denominator_filter: [
        withMetricType.from(monitoring("MetricThreshold.denominatorFilter")),
        length(1, 2048).named("length").fix("shorten the filter", monitoring("MetricThreshold.denominatorFilter")),
        set().named("missing").when({ denominator_aggregations: set() }).fix("set denominator_filter", monitoring("MetricThreshold.denominatorAggregations")),
      ],
      "forecast_options.forecast_horizon": seconds(3600, 216000).fix("give 1 to 60 hours, in seconds", monitoring("ForecastOptions.forecastHorizon")),
    }),
    "conditions.condition_absent.duration": steps(60, 120, monitoring("MetricAbsence.duration")),
    "conditions.condition_monitoring_query_language.duration": steps(60, 0, monitoring("MonitoringQueryLanguageCondition.duration")),
    ...at("conditions.condition_prometheus_query_language", {
      evaluation_interval: steps(30, 30, monitoring("PrometheusQueryLanguageCondition.evaluationInterval")),
      duration: durationText.named("prometheus").from(monitoring("PrometheusQueryLanguageCondition.duration")),
      query: matching(/\S/, "a PromQL expression").required().fix("write the query", monitoring("PrometheusQueryLanguageCondition.query")),
    }),
    ...at("conditions.condition_sql", {
      "minutes.periodicity": integer(5, 1440).fix("give 5 to 1440 minutes", monitoring("Minutes.periodicity")),
      "hourly.periodicity": integer(1, 48).fix("give 1 to 48 hours", monitoring("Hourly.periodicity")),
      "hourly.minute_offset": integer(0, 59).fix("give 0 to 59 minutes", monitoring("Hourly.minuteOffset")),
      "daily.periodicity": integer(1, 31).fix("give 1 to 31 days", monitoring("Daily.periodicity")),
    }),
    "documentation.content": bytes(10240, 8192).fix("shorten it, and link to the rest", monitoring("Documentation.content")),
    "documentation.mime_type": oneOf("text/markdown").fix('use "text/markdown"', monitoring("Documentation.mimeType")),
    "documentation.subject": bytes(10240).from(monitoring("Documentation.subject")),
    "documentation.links": items(0, 3).fix("keep at most 3 links", monitoring("Documentation.links")),
    "documentation.links.display_name": length(1, 63).fix("give 1 to 63 characters", monitoring("Link.displayName")),
    "documentation.links.url": length(1, 2083).fix("shorten it", monitoring("Link.url")),
    ...at("alert_strategy", {
      auto_close: seconds(1800, 604800).fix("give 30 minutes to 7 days, in seconds", unconfirmed("docs.cloud.google.com/monitoring/alerts")),
      "notification_channel_strategy.renotify_interval": seconds(1800, 86400).fix("give 30 minutes to 24 hours, in seconds", unconfirmed("docs.cloud.google.com/monitoring/alerts")),
      "notification_rate_limit.period": durationText.from(monitoring("NotificationRateLimit.period")),
      "notification_prompts[]": oneOf("OPENED", "CLOSED").fix("use OPENED, or OPENED and CLOSED", provider("google_monitoring_alert_policy 7.45.0", "validate")),
    }),
    "notification_channels[]": channelId,
  },
  together: notEmpty("documentation", provider("google_monitoring_alert_policy 7.45.0", "validate")),
  alternatives: [exactlyOne(KINDS, { in: "conditions", id: "condition-kind" }).fix("make a condition of each", monitoring("Condition"))],
});

const channels = unconfirmed("docs.cloud.google.com/monitoring/support/notification-options, channel descriptors");

/** What a kind of channel needs in its labels, or as a secret in its sensitive labels. */
const CHANNELS: Readonly<Record<string, string>> = {
  email: "email_address",
  sms: "number",
  pubsub: "topic",
  google_chat: "space",
  slack: "channel_name auth_token",
  pagerduty: "service_key",
  webhook_tokenauth: "url",
  webhook_basicauth: "url username password",
};

/** Labels of notification channels that are secret. */
export const CHANNEL_SECRETS = ["auth_token", "service_key", "password"];

const channelValidation = provider("google_monitoring_notification_channel 7.45.0", "validate");
const NEEDS = { id: "needs" };
const needs = (type: string, name: string) =>
  CHANNEL_SECRETS.includes(name)
    ? when({ type, [`labels.${name}`]: unset(), [`sensitive_labels.${name}_wo`]: unset() }, { [`sensitive_labels.${name}`]: set() }, NEEDS).fix(`set sensitive_labels.${name}`, channels)
    : when({ type }, { [`labels.${name}`]: set() }, NEEDS).fix(`set labels.${name}`, channels);

export const topicId = matching(/^projects\/[^/]+\/topics\/[^/]+$/, "projects/PROJECT/topics/TOPIC")
  .refs({ google_pubsub_topic: "id" })
  .fix("use google_pubsub_topic.NAME.id", channels);
export const emailAddress = matching(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "an email address").fix("correct the address", channels);
export const slackChannel = matching(/^#\S+$/, 'the name of a channel, such as "#oncall"').fix("start it with #", channels);
export const webhookUrl = matching(/^https?:\/\/[^\s/]+/, "an http or https URL").fix("start it with https://", channels);

const notificationChannel = resourceType("google_monitoring_notification_channel", {
  ...displayed("channel", "NotificationChannel.displayName"),
  replacedBy: [],
  limits: {
    description: length(0, 1024).fix("shorten it", monitoring("NotificationChannel.description")),
    type: oneOf(...Object.keys(CHANNELS), "campfire", "hipchat", "cloud_console", "cloud_mobile_app").fix("use email, pubsub, slack, pagerduty or webhook_tokenauth", channels),
    "labels.email_address": emailAddress,
    "labels.topic": topicId,
  },
  alternatives: [exactlyOne(CHANNEL_SECRETS.flatMap((name) => [name, `${name}_wo`]).join(" "), { in: "sensitive_labels", id: "one-secret" }).fix("keep one secret", channelValidation)],
  together: [
    ...writeOnly(
      CHANNEL_SECRETS.map((name) => `${name}_wo`),
      channelValidation,
      "sensitive_labels",
    ),
    ...Object.entries(CHANNELS).flatMap(([type, names]) => names.split(" ").map((name) => needs(type, name))),
  ],
});

const REGIONS = ["USA", "EUROPE", "SOUTH_AMERICA", "ASIA_PACIFIC", "USA_OREGON", "USA_IOWA", "USA_VIRGINIA"];

/** USA has three places, each other choice one. */
function enoughPlaces(regions: unknown): boolean {
  const chosen = [...new Set([regions].flat())];
  return chosen.length === 0 || chosen.some((each) => !REGIONS.includes(String(each))) || chosen.length + (chosen.includes("USA") ? 2 : 0) >= 3;
}

const places = fulfilling("at least three places; USA has three, each other region one", enoughPlaces).named("places");
const noType = fulfilling("not set", (value) => value === undefined || value === "TYPE_UNSPECIFIED");
const typed = monitoring("HttpCheck.contentType");
const untyped = fulfilling("without Content-Type", (value) => !Object.keys(Object(value)).some((name) => /^content-type$/i.test(name)), { shape: true }).fix(
  "use content_type = USER_PROVIDED with custom_content_type",
  typed,
);
const noJsonPath = fulfilling("not MATCHES_JSON_PATH", (value) => !/JSON_PATH$/.test(String(value)));

const BODY = { in: "http_check", id: "body" };
const VPC = { id: "vpc" };
const checker = monitoring("UptimeCheckConfig.checkerType, isInternal");
const SSL = { in: "http_check", id: "validate-ssl" };
const JSON_PATH = { in: "content_matchers", id: "json-path" };
const jsonPath = monitoring("ContentMatcher.jsonPathMatcher");
const MONITORED = "uptime_url gce_instance gae_app aws_ec2_instance aws_elb_load_balancer k8s_service servicedirectory_service cloud_run_revision";

const uptimeValidation = provider("google_monitoring_uptime_check_config 7.45.0", "validate");

export const probePeriod = oneOf("60s", "300s", "600s", "900s").fix("check every 60s, 300s, 600s or 900s", monitoring("UptimeCheckConfig.period"));
export const probePath = literalPath.fix("name a path that the service answers", monitoring("HttpCheck.path"));

const uptimeCheck = resourceType("google_monitoring_uptime_check_config", {
  ...displayed("uptime", "UptimeCheckConfig.displayName", displayName.required()),
  replacedBy: ["checker_type", "http_check.request_method", "http_check.auth_info.password_wo_version", "monitored_resource", "resource_group", "synthetic_monitor"],
  defaults: { "http_check.request_method": "GET" },
  limits: {
    period: probePeriod,
    timeout: seconds(1, 60).fix("wait 1 to 60 seconds", monitoring("UptimeCheckConfig.timeout")),
    "selected_regions[]": oneOf(...REGIONS).fix("use USA, EUROPE, SOUTH_AMERICA or ASIA_PACIFIC", page("python/docs/reference/monitoring, UptimeCheckRegion")),
    selected_regions: places.fix("choose at least three regions, or none for all", monitoring("UptimeCheckConfig.selectedRegions")),
    content_matchers: items(0, 1).fix("keep one content_matchers block", monitoring("UptimeCheckConfig.contentMatchers")).why("Only the first one counts; the others are ignored."),
    "content_matchers.content": bytes(1024).from(monitoring("ContentMatcher.content")),
    ...at(["http_check.ping_config", "tcp_check.ping_config"], { pings_count: integer(1, 3).fix("ping 1 to 3 times", monitoring("PingConfig.pingsCount")) }),
    ...at(["http_check", "tcp_check"], { port: integer(1, 65535).fix("give a port from 1 to 65535", monitoring("TcpCheck.port")) }),
    "http_check.path": probePath,
    "http_check.headers": [entries(100).fix("send at most 100 headers", monitoring("HttpCheck.headers")), untyped.named("type").when({ content_type: set() })],
    "http_check.custom_content_type": [
      set().named("missing").when({ content_type: "USER_PROVIDED" }).fix("set custom_content_type", typed),
      unset()
        .when({ content_type: ["URL_ENCODED", "TYPE_UNSPECIFIED"] })
        .fix("set content_type = USER_PROVIDED", typed),
    ],
    "http_check.accepted_response_status_codes.status_value": integer(100, 599).fix("give a status code", monitoring("ResponseStatusCode.statusValue")),
    "monitored_resource.type": oneOf(...MONITORED.split(" ")).fix("use uptime_url for an address, cloud_run_revision for a service", monitoring("UptimeCheckConfig.monitoredResource")),
    "monitored_resource.labels.host": matching(/^[^/\s:]+$|^[0-9a-f:]+$/i, "a host name without scheme, port and path").fix("give the host only", monitoring("HttpCheck.path")),
  },
  alternatives: [
    exactlyOne("http_check tcp_check synthetic_monitor", { id: "kind" }).fix("keep http_check or tcp_check", monitoring("UptimeCheckConfig.httpCheck")),
    exactlyOne("monitored_resource resource_group synthetic_monitor", { id: "target" }).fix("keep one of them", provider("google_monitoring_uptime_check_config 7.45.0", "validate")),
    exactlyOne("status_value status_class", { in: "http_check.accepted_response_status_codes", id: "status-code" }).fix("keep status_value or status_class", monitoring("ResponseStatusCode")),
    atMostOne("auth_info service_agent_authentication", { in: "http_check", id: "credentials" }).fix("keep auth_info or service_agent_authentication", monitoring("HttpCheck.authInfo")),
  ],
  together: [
    ...notEmpty("http_check", uptimeValidation, "auth_info headers mask_headers path port use_ssl"),
    ...notEmpty("resource_group", uptimeValidation),
    ...writeOnly(["password_wo"], uptimeValidation, "http_check.auth_info"),
    when({ type: "uptime_url" }, { "labels.host": set() }, { in: "monitored_resource", id: "url-host" }).fix("set monitored_resource.labels.host", monitoring("HttpCheck.path")),
    when({ request_method: ["GET", "METHOD_UNSPECIFIED"] }, { body: unset(), content_type: noType, custom_content_type: unset() }, BODY).fix("set request_method = POST", typed),
    when({ request_method: "POST" }, { content_type: ["URL_ENCODED", "USER_PROVIDED"] }, { in: "http_check", id: "post-type" }).fix("set content_type", typed),
    ...[{ validate_ssl: true } as Conditions, { port: 443, validate_ssl: false }].map((conditions) =>
      when(conditions, { use_ssl: true }, SSL).fix("set use_ssl = true", monitoring("HttpCheck.validateSsl")).advice("The check does not speak TLS otherwise. A redirect may follow."),
    ),
    when({ matcher: ["MATCHES_JSON_PATH", "NOT_MATCHES_JSON_PATH"] }, { json_path_matcher: set() }, JSON_PATH).fix("set json_path_matcher", jsonPath),
    when({ matcher: noJsonPath }, { json_path_matcher: unset() }, JSON_PATH).fix("set matcher = MATCHES_JSON_PATH", jsonPath),
    when({ checker_type: "VPC_CHECKERS", monitored_resource: set() }, { selected_regions: unset(), "monitored_resource.type": "servicedirectory_service" }, VPC).fix("use STATIC_IP_CHECKERS", checker),
  ],
});

const slo = provider("google_monitoring_slo 7.45.0", "validate");
const ID = matching(/^[A-Za-z0-9_:.-]{1,63}$/, "1 to 63 letters, digits and -_:.").fix("shorten or respell it");

/** Where ratios, distributions, and basic indicators stand. */
const WINDOWS = "windows_based_sli.good_total_ratio_threshold";
export const SLO_RATIOS = ["request_based_sli.good_total_ratio", `${WINDOWS}.performance.good_total_ratio`];
const CUTS = ["request_based_sli.distribution_cut", `${WINDOWS}.performance.distribution_cut`];
const BASIC = ["basic_sli", `${WINDOWS}.basic_sli_performance`];
export const SLO_RANGES = [...CUTS, "windows_based_sli.metric_mean_in_range", "windows_based_sli.metric_sum_in_range"].map((place) => `${place}.range`);
const fraction = fulfilling("at least 60 seconds, and a whole fraction of a day", (value) => secondsOf(value) >= 60 && 86400 % secondsOf(value) === 0);
const sloRange = monitoring("GoogleMonitoringV3Range");
const filter = withMetricType.from(monitoring("TimeSeriesRatio.goodServiceFilter"));

const objective = resourceType("google_monitoring_slo", {
  group: "slo",
  name: { attribute: "slo_id", format: ID.from(provider("google_monitoring_slo 7.45.0")), uniqueIn: ["service"] },
  labels: "user_labels",
  replacedBy: ["service", "slo_id"],
  limits: {
    service: matching(/^(projects\/[^/]+\/services\/)?[A-Za-z0-9_:.-]{1,63}$/, "the id or name of a service").fix("use service_id of the service", unconfirmed("other forms of a service's name")),
    goal: above(0, 0.9999).fix("give a share such as 0.999, at most 0.9999", slo),
    rolling_period_days: integer(1, 30).fix("give 1 to 30 days", monitoring("ServiceLevelObjective.rollingPeriod")),
    basic_sli: items(0, 1).fix("keep one basic_sli", slo),
    "windows_based_sli.window_period": fraction.fix('give a fraction of a day such as "300s"', monitoring("WindowsBasedSli.windowPeriod")),
    [`${WINDOWS}.threshold`]: number(0, 1).fix("give a share from 0 to 1", monitoring("PerformanceThreshold.threshold")),
    ...at(BASIC, {
      "latency.threshold": durationText.from(monitoring("LatencyCriteria.threshold")),
      "availability.enabled": oneOf(true).fix("set it to true, or use latency", slo),
    }),
    ...at(SLO_RATIOS, { good_service_filter: filter, bad_service_filter: filter, total_service_filter: filter }),
    ...at(CUTS, { distribution_filter: filter }),
  },
  alternatives: [
    exactlyOne("rolling_period_days calendar_period", { id: "period" }).fix("keep rolling_period_days or calendar_period", slo),
    exactlyOne("request_based_sli basic_sli windows_based_sli", { id: "indicator" }).fix("keep one of them", slo),
    exactlyOne("good_total_ratio distribution_cut", { in: "request_based_sli", id: "request-kind" }).fix("keep one of them", slo),
    exactlyOne("performance basic_sli_performance", { in: WINDOWS, id: "window-performance" }).fix("keep one of them", slo),
    exactlyOne("good_total_ratio distribution_cut", { in: `${WINDOWS}.performance`, id: "request-kind" }).fix("keep one of them", slo),
    ...BASIC.map((place) => exactlyOne("latency availability", { in: place, id: "basic" }).fix("keep availability or latency", slo)),
    exactlyOne("good_bad_metric_filter good_total_ratio_threshold metric_mean_in_range metric_sum_in_range", { in: "windows_based_sli", id: "window-kind" }).fix("keep one of them", slo),
  ],
  order: SLO_RANGES.map((place) => order("min", "max", { in: place, id: "range", strictly: true }).fix("make min less than max", sloRange).why("The objective is never met otherwise.")),
});

/** A service that objectives are of, by an id that both kinds of services share. */
const service = (kind: string, other: string, more: Partial<ResourceFacts>) =>
  resourceType(`google_monitoring_${kind}`, {
    group: "slo",
    name: { attribute: "service_id", format: ID.named("service").from(monitoring("CreateService.serviceId")), uniqueIn: [], sharedWith: [`google_monitoring_${other}`] },
    labels: "user_labels",
    ...more,
  });

const customService = service("custom_service", "service", { replacedBy: ["service_id"] });

const structures = page("stackdriver/docs/solutions/slo-monitoring/api/api-structures", "2026-11");
const basicLabels = { CLOUD_RUN: ["service_name", "location"], APP_ENGINE: ["module_id"], CLOUD_ENDPOINTS: ["service"] };

const basicService = service("service", "custom_service", {
  replacedBy: ["service_id", "basic_service"],
  together: Object.entries(basicLabels).flatMap(([service_type, labels]) =>
    labels.map((label) => when({ service_type }, { [`service_labels.${label}`]: set() }, { in: "basic_service", id: "service-labels" }).fix(`set service_labels.${label}`, structures)),
  ),
});

function isJsonObject(value: unknown): boolean {
  try {
    return /^\s*\{/.test(JSON.stringify(JSON.parse(String(value))));
  } catch {
    return false;
  }
}

const dashboard = resourceType("google_monitoring_dashboard", {
  group: "dashboard",
  replacedBy: [],
  limits: { dashboard_json: fulfilling("a JSON object", isJsonObject).fix("write it by jsonencode", provider("google_monitoring_dashboard 7.45.0", "validate")) },
});

export const monitoringTypes = [alertPolicy, notificationChannel, uptimeCheck, objective, customService, basicService, dashboard];
