import type { IBackend } from "../backend/backend";
import type { Redirect } from "./redirect";
import type { CorsOptions, FaultOptions, RetryOptions } from "./route-action";
import type { HeaderMatch, QueryParameterMatch } from "./route-match";
import type { WeightedBackend } from "./weighted-backend";

/**
 * One route: which requests, and what happens to them. Exactly one of `backend`, `weightedBackends`
 * and `redirect` says where they go.
 *
 * Routes with nothing but hosts, paths and a backend or redirect are plain. As soon as a host has
 * another one, all of its routes are written as route rules, since Google Cloud takes no mixture;
 * plain ones mean the same in both.
 */
export interface RouteProps {
  /** Where matching requests go. @default none: `weightedBackends` or `redirect` */
  readonly backend?: IBackend;
  /** Several backend services that share the requests: a canary. @default none */
  readonly weightedBackends?: WeightedBackend[];
  /**
   * Sends the client elsewhere; goes with matches only, not with rewrites, headers and the like.
   * @default none
   */
  readonly redirect?: Redirect;

  /**
   * Exact paths (`/v1/models`) and prefixes (`/v1/*`, which matches `/v1/` and below, not `/v1`).
   * The longest match wins, in whatever order routes are added. @default every path, where there
   * are no templates either
   */
  readonly paths?: string[];
  /**
   * Paths with parts that vary: `/v1/models/{model=*}` (one segment), `/v1/files/{rest=**}` (the
   * rest). At most 255 characters and 5 operators (Compute API v1,
   * HttpRouteRuleMatch.pathTemplateMatch, read 2026-11-22). Exact paths win over them, they win
   * over prefixes. @default none
   */
  readonly templates?: string[];
  /** Hosts: `api.example.com`, or `*.example.com` for any one below. @default every host */
  readonly hosts?: string[];
  /** Headers that a request must have, all of them. @default none */
  readonly headers?: HeaderMatch[];
  /** Query parameters that a request must have, all of them. @default none */
  readonly queryParameters?: QueryParameterMatch[];
  /** One of these methods, in capital letters: `["GET", "HEAD"]`. @default every method */
  readonly methods?: string[];
  /**
   * 0 to 999999: tried before all routes without a priority, the lowest first. For a route with
   * conditions (or templates) that is to win over narrower paths, such as a canary by header on
   * every path. @default the narrower path first; for one path, the route with more conditions
   * first
   */
  readonly priority?: number;

  /**
   * Replaces the part of the path that the route matched, before the request goes on: of `/v1/*`,
   * the `/v1/`. At most 1024 characters; not with templates. @default the path stays
   */
  readonly pathPrefixRewrite?: string;
  /**
   * The new path, with variables of the templates: `/models/{model}`. At most 255 characters; only
   * with templates. @default the path stays
   */
  readonly pathTemplateRewrite?: string;
  /**
   * The host that the backend sees, at most 255 characters. Cloud Run behind a serverless NEG does
   * not need it. @default the client's
   */
  readonly hostRewrite?: string;

  /** Request headers to set; what the client sent under the name is dropped. @default none */
  readonly setRequestHeaders?: { [name: string]: string };
  /** Request headers to add beside what the client sent. @default none */
  readonly addRequestHeaders?: { [name: string]: string };
  /** Request headers that the backend does not see. @default none */
  readonly removeRequestHeaders?: string[];
  /** Response headers to set; what the backend sent under the name is dropped. @default none */
  readonly setResponseHeaders?: { [name: string]: string };
  /** Response headers to add beside what the backend sent. @default none */
  readonly addResponseHeaders?: { [name: string]: string };
  /** Response headers that the client does not see. @default none */
  readonly removeResponseHeaders?: string[];

  /**
   * Lets scripts of other sites call the route; the load balancer answers for the service. @default
   * the service answers
   */
  readonly cors?: CorsOptions;
  /**
   * A backend service that gets a copy of each request; its answers are dropped. Not one with
   * serverless NEGs: Google Cloud refuses it (Compute API v1, RequestMirrorPolicy.backendService,
   * read 2026-11-22). @default none
   */
  readonly mirrorTo?: IBackend;
  /**
   * Sends failed requests again; only on routes that are limited to idempotent methods, unless
   * asked. @default the load balancer's own
   */
  readonly retry?: RetryOptions;
  /**
   * Longest time from the end of the request to the end of the answer, retries included, 1 to 86400
   * seconds. It cuts streamed tokens: leave it out where answers are streamed.
   * (`max_stream_duration` does not exist here: Google Cloud takes it for `INTERNAL_SELF_MANAGED`
   * only.) Compute API v1, HttpRouteAction.timeout and maxStreamDuration, read 2026-11-22.
   *
   * @default the backend's: 60 minutes with serverless NEGs, of which Cloud Run's own
   * `timeoutSeconds` cuts earlier; 30 seconds with instance groups, unless their backend service
   * says more
   */
  readonly timeoutSeconds?: number;
  /** Failures made up for a drill. @default none */
  readonly fault?: FaultOptions;
}
