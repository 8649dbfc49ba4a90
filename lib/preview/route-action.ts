import { type Block, blockOf, blocksOf } from "../topology/document";
import { REDIRECT_STATUS } from "../topology/url-map-answer";
import { booleanOf, numberOf, textOf, textsOf } from "../topology/value";
import { ALWAYS, any, durationOf, type Envoy, extension, percentage, seconds } from "./envoy";

/** @param httpsPort Where the preview answers to HTTPS, for redirects to it. */
export function redirectAction(redirect: Block, httpsPort: number | undefined): Envoy {
  const host = textOf(redirect.host_redirect);
  const isHttps = booleanOf(redirect.https_redirect) === true;
  const code = textOf(redirect.redirect_response_code) ?? "";
  const [path, prefix] = [textOf(redirect.path_redirect), textOf(redirect.prefix_redirect)];
  return {
    ...(isHttps ? { https_redirect: true } : {}),
    ...(isHttps && !host && httpsPort !== undefined ? { port_redirect: httpsPort } : {}),
    ...(host ? { host_redirect: host } : {}),
    ...(path ? { path_redirect: path } : prefix ? { prefix_rewrite: prefix } : {}),
    response_code: code in REDIRECT_STATUS ? code.replace("_DEFAULT", "") : "MOVED_PERMANENTLY",
    strip_query: booleanOf(redirect.strip_query) ?? false,
  };
}

export function rewrites(rewrite: Block | undefined): Envoy {
  const host = textOf(rewrite?.host_rewrite);
  const [prefix, template] = [textOf(rewrite?.path_prefix_rewrite), textOf(rewrite?.path_template_rewrite)];
  const type = "envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig";
  return {
    ...(host ? { host_rewrite_literal: host } : {}),
    ...(template
      ? {
          path_rewrite_policy: extension("envoy.path.rewrite.uri_template", type, { path_template_rewrite: template }),
        }
      : prefix
        ? { prefix_rewrite: prefix }
        : {}),
  };
}

/**
 * What a load balancer repeats without a retry policy: once, a request without a body that a
 * backend answers with 502, 503 or 504
 * (docs.cloud.google.com/load-balancing/docs/https#retries, read 2026-11-28).
 */
const DEFAULT_RETRY: Envoy = {
  retry_on: "gateway-error",
  num_retries: 1,
  retriable_request_headers: [{ name: ":method", string_match: { safe_regex: { regex: "GET|HEAD|OPTIONS" } } }],
};

export function retries(policy: Block | undefined): Envoy {
  if (!policy) return DEFAULT_RETRY;
  const perTry = durationOf(policy.per_try_timeout);
  return {
    retry_on: textsOf(policy.retry_conditions).join(","),
    num_retries: numberOf(policy.num_retries) ?? 1,
    ...(perTry ? { per_try_timeout: perTry } : {}),
  };
}

/** @param backendSeconds The longest timeout of the route's backends, which counts by default. */
export function timeouts(action: Block | undefined, backendSeconds: number): Envoy {
  const stream = durationOf(action?.max_stream_duration);
  return {
    timeout: durationOf(action?.timeout) ?? seconds(backendSeconds),
    idle_timeout: "0s",
    ...(stream ? { max_stream_duration: { max_stream_duration: stream } } : {}),
  };
}

/** Filters that a route action configures, by their names in the chain. */
export function actionFilters(action: Block | undefined): Envoy {
  const cors = blockOf(action?.cors_policy);
  const fault = blockOf(action?.fault_injection_policy);
  return {
    ...(cors && booleanOf(cors.disabled) !== true ? { "envoy.filters.http.cors": corsPolicy(cors) } : {}),
    ...(fault ? { "envoy.filters.http.fault": faults(fault) } : {}),
  };
}

function corsPolicy(cors: Block): Envoy {
  const listed = (name: string) => textsOf(cors[name]).join(", ");
  const maxAge = numberOf(cors.max_age);
  const fields = {
    allow_methods: listed("allow_methods"),
    allow_headers: listed("allow_headers"),
    expose_headers: listed("expose_headers"),
    max_age: maxAge === undefined ? "" : String(maxAge),
  };
  return any("envoy.extensions.filters.http.cors.v3.CorsPolicy", {
    allow_origin_string_match: [
      ...textsOf(cors.allow_origins).map((exact) => ({ exact })),
      ...textsOf(cors.allow_origin_regexes).map((regex) => ({ safe_regex: { regex } })),
    ],
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== "")),
    allow_credentials: booleanOf(cors.allow_credentials) ?? false,
    filter_enabled: ALWAYS,
  });
}

function faults(fault: Block): Envoy {
  const [delay, abort] = [blockOf(fault.delay), blockOf(fault.abort)];
  const fixed = durationOf(delay?.fixed_delay);
  const [delayed, aborted] = [delay, abort].map((each) => percentage(numberOf(each?.percentage) ?? 0));
  return any("envoy.extensions.filters.http.fault.v3.HTTPFault", {
    ...(delay && fixed ? { delay: { fixed_delay: fixed, percentage: delayed } } : {}),
    ...(abort ? { abort: { http_status: numberOf(abort.http_status) ?? 503, percentage: aborted } } : {}),
  });
}

/** The weighted backends of a route action. */
export function weightedBackends(action: Block | undefined): Block[] {
  return blocksOf(action?.weighted_backend_services);
}
