import type { IBackend } from "../backend/backend";
import type { Cdn } from "../backend/cdn/cdn";
import type { Redirect } from "./redirect";
import type { CorsOptions, FaultOptions, RetryOptions } from "./route-action";
import type { HeaderMatch, QueryParameterMatch } from "./route-match";
import type { WeightedBackend } from "./weighted-backend";

/**
 * Which requests a route matches, and what happens to them. Exactly one of `backend`,
 * `weightedBackends` and `redirect` is the destination.
 *
 * Routes with only hosts, paths and a backend or redirect are plain. If a host has any other route,
 * all of its routes become route rules, since Google Cloud does not allow a mixture; plain ones
 * work the same in both.
 */
export interface RouteProps {
  /** The destination of matching requests. @default none: `weightedBackends` or `redirect` */
  readonly backend?: IBackend;
  /** Several backend services that share the requests: a canary. @default none */
  readonly weightedBackends?: WeightedBackend[];
  /** Redirects the client; not together with rewrites, headers and the like. @default none */
  readonly redirect?: Redirect;

  /**
   * Exact paths (`/v1/models`) and prefixes (`/v1/*`, which matches `/v1/` and below, not `/v1`).
   * The longest match wins, in any order of routes. @default every path, if there are no templates
   */
  readonly paths?: string[];
  /**
   * Paths with variable parts: `/v1/models/{model=*}` (one segment), `/v1/files/{rest=**}` (the
   * rest). At most 255 characters and 5 operators (Compute API v1,
   * HttpRouteRuleMatch.pathTemplateMatch, read 2026-11-22). They lose to exact paths and win over
   * prefixes. @default none
   */
  readonly templates?: string[];
  /** Hosts: `api.example.com`, or `*.example.com` for any host below it. @default every host */
  readonly hosts?: string[];
  /** Headers that a request must have, all of them. @default none */
  readonly headers?: HeaderMatch[];
  /** Query parameters that a request must have, all of them. @default none */
  readonly queryParameters?: QueryParameterMatch[];
  /** One of these methods, in capital letters: `["GET", "HEAD"]`. @default every method */
  readonly methods?: string[];
  /**
   * 0 to 999999: tried before all routes without a priority, lowest first. For a route with
   * conditions (or templates) that must win over narrower paths, such as a canary by header on
   * every path. @default the narrower path first; for equal paths, the route with more conditions
   */
  readonly priority?: number;

  /**
   * Replaces the matched part of the path, of `/v1/*` the `/v1/`. At most 1024 characters; not with
   * templates. @default the path is kept
   */
  readonly pathPrefixRewrite?: string;
  /**
   * The new path, with template variables: `/models/{model}`. At most 255 characters; only with
   * templates. @default the path is kept
   */
  readonly pathTemplateRewrite?: string;
  /**
   * The host that the backend sees, at most 255 characters. Not needed for serverless NEGs with
   * Cloud Run. @default the client's
   */
  readonly hostRewrite?: string;

  /** Request headers to set, replacing those from the client. @default none */
  readonly setRequestHeaders?: { [name: string]: string };
  /** Request headers to add to those from the client. @default none */
  readonly addRequestHeaders?: { [name: string]: string };
  /** Request headers to remove before the backend. @default none */
  readonly removeRequestHeaders?: string[];
  /** Response headers to set, replacing those from the backend. @default none */
  readonly setResponseHeaders?: { [name: string]: string };
  /** Response headers to add to those from the backend. @default none */
  readonly addResponseHeaders?: { [name: string]: string };
  /** Response headers to remove before the client. @default none */
  readonly removeResponseHeaders?: string[];

  /** Lets scripts of other sites call the route. @default the service answers preflight requests */
  readonly cors?: CorsOptions;
  /**
   * A backend service that gets a copy of each request; its responses are dropped. Google Cloud
   * refuses serverless NEGs (Compute API v1, RequestMirrorPolicy.backendService, read 2026-11-22).
   * @default none
   */
  readonly mirrorTo?: IBackend;
  /**
   * Retries failed requests; by default only on routes limited to idempotent methods. @default the
   * load balancer's own
   */
  readonly retry?: RetryOptions;
  /**
   * Time from the end of the request to the end of the response, including retries, 1 to 86400
   * seconds. Leave it out for streamed responses, which it would cut. (Google Cloud accepts
   * `max_stream_duration` for `INTERNAL_SELF_MANAGED` only.) Compute API v1,
   * HttpRouteAction.timeout and maxStreamDuration, read 2026-11-22.
   *
   * @default the backend's: 60 minutes with serverless NEGs, where Cloud Run's own `timeoutSeconds`
   * may cut earlier; 30 seconds with instance groups, unless their backend service sets more
   */
  readonly timeoutSeconds?: number;
  /**
   * How Cloud CDN caches the responses of this route, in place of the `cdn` of its backend: no
   * second backend is needed. Not with IAP, for buckets, or on regional URL maps. Needs provider
   * 7.30.0. @default that of the backend
   */
  readonly cdn?: Cdn;
  /** Injected failures, for a drill. @default none */
  readonly fault?: FaultOptions;
}
