import type { ComputeBackendServiceConfig } from "@cdktf/provider-google/lib/compute-backend-service";
import type { IConstruct } from "constructs";
import { checkAllowed, checkPattern, checkWithin } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { affinityCookieSeconds } from "../../google/backend-service";
import { headerName } from "../../google/formats";

export interface GeneratedCookieOptions {
  /** How long the cookie lives, 0 to 1209600 seconds; 0 until the browser is closed. @default 0 */
  readonly ttlSeconds?: number;
}

export interface AffinityCookieOptions extends GeneratedCookieOptions {
  /** The paths that clients send it with; starts with `/`. @default the load balancer's own */
  readonly path?: string;
}

/** The arguments of a backend service that send a client to the same machine. */
type AffinityArguments = Pick<
  ComputeBackendServiceConfig,
  "sessionAffinity" | "affinityCookieTtlSec" | "consistentHash" | "strongSessionAffinityCookie"
>;

/**
 * Which requests go to the same machine, for example to one that holds a conversation's KV cache.
 *
 * Best effort: it changes when machines come, go or are full; only `strongCookie` holds on while
 * the machine is healthy. A weighted route leads only to backends without affinity.
 */
export class SessionAffinity {
  /** None: each request by itself. */
  public static none(): SessionAffinity {
    return new SessionAffinity("NONE");
  }

  /** Requests of one client address. Many clients behind one NAT are one client. */
  public static clientIp(): SessionAffinity {
    return new SessionAffinity("CLIENT_IP");
  }

  /** Clients that keep cookies: the load balancer gives them one of its own. */
  public static generatedCookie(options: GeneratedCookieOptions = {}): SessionAffinity {
    return new SessionAffinity("GENERATED_COOKIE", undefined, options);
  }

  /**
   * Requests with the same value of a request header: `X-Session-Id`. The affinity for API clients,
   * which keep no cookies.
   */
  public static header(name: string): SessionAffinity {
    return new SessionAffinity("HEADER_FIELD", name);
  }

  /** Requests with the same cookie; the load balancer sets it where the client has none. */
  public static httpCookie(name: string, options: AffinityCookieOptions = {}): SessionAffinity {
    return new SessionAffinity("HTTP_COOKIE", name, options);
  }

  /** A cookie that names the machine: machines that come or go move nobody else. */
  public static strongCookie(name: string, options: AffinityCookieOptions = {}): SessionAffinity {
    return new SessionAffinity("STRONG_COOKIE_AFFINITY", name, options);
  }

  private constructor(
    private readonly kind: string,
    private readonly name?: string,
    private readonly options: AffinityCookieOptions = {},
  ) {}

  /** Whether the machine is chosen by a hash of something. @internal */
  public get _hashes(): boolean {
    return this.kind !== "NONE" && this.kind !== "STRONG_COOKIE_AFFINITY";
  }

  /** That of a backend service whose connections carry no headers. @internal */
  public _renderForStream(where: IConstruct): string {
    if (this.kind === "NONE" || this.kind === "CLIENT_IP") return this.kind;
    throw new ValidationError(where, {
      what: "sessionAffinity",
      got: this.kind,
      allowed: "SessionAffinity.none() or SessionAffinity.clientIp(): a stream has neither headers nor cookies",
      fix: "use clientIp(), or an InstanceGroupBackend behind an AnycastFrontend where clients speak HTTP",
    });
  }

  /** @internal */
  public _render(where: IConstruct): AffinityArguments {
    const { kind, name } = this;
    const { ttlSeconds = 0, path } = this.options;
    const what = (field: string) => `sessionAffinity.${field}`;
    checkAllowed(where, what("name"), name, headerName, "rename it");
    checkWithin(where, what("ttlSeconds"), ttlSeconds, affinityCookieSeconds);
    checkPattern(where, what("path"), path, /^\/[^\s;]*$/, "a path that starts with /", 'write it like "/v1"');
    const cookie = { name, path, ttl: { seconds: ttlSeconds } };
    return {
      sessionAffinity: kind,
      affinityCookieTtlSec: kind === "GENERATED_COOKIE" ? ttlSeconds : undefined,
      consistentHash:
        kind === "HEADER_FIELD"
          ? { httpHeaderName: name }
          : kind === "HTTP_COOKIE"
            ? { httpCookie: cookie }
            : undefined,
      strongSessionAffinityCookie: kind === "STRONG_COOKIE_AFFINITY" ? cookie : undefined,
    };
  }
}
