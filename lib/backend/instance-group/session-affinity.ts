import type { ComputeBackendServiceConfig } from "@cdktf/provider-google/lib/compute-backend-service";
import type { IConstruct } from "constructs";
import { checked } from "../../core/checked";
import { checkAllowed, checkPattern, checkWithin } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { affinityCookieSeconds } from "../../google/backend-service";
import { headerName } from "../../google/formats";

export interface GeneratedCookieOptions {
  /** Lifetime of the cookie, 0 to 1209600 seconds; 0 until the browser is closed. @default 0 */
  readonly ttlSeconds?: number;
}

export interface AffinityCookieOptions extends GeneratedCookieOptions {
  /** Path for which clients send it; starts with `/`. @default the load balancer's own */
  readonly path?: string;
}

/** The session affinity arguments of a backend service. */
type AffinityArguments = Pick<
  ComputeBackendServiceConfig,
  "sessionAffinity" | "affinityCookieTtlSec" | "consistentHash" | "strongSessionAffinityCookie"
>;

/**
 * Which requests go to the same machine, for example to reuse a conversation's KV cache.
 *
 * Best effort: it changes when machines are added, removed or full; only `strongCookie` lasts while
 * the machine is healthy. Weighted routes need backends without affinity.
 */
@checked
export class SessionAffinity {
  /** None: each request on its own. */
  public static none(): SessionAffinity {
    return new SessionAffinity("NONE");
  }

  /** Requests from one client address. All clients behind one NAT share a machine. */
  public static clientIp(): SessionAffinity {
    return new SessionAffinity("CLIENT_IP");
  }

  /** For clients that keep cookies: the load balancer sets its own cookie. */
  public static generatedCookie(options: GeneratedCookieOptions = {}): SessionAffinity {
    return new SessionAffinity("GENERATED_COOKIE", undefined, options);
  }

  /** Requests with the same header value: `X-Session-Id`. For API clients without cookies. */
  public static header(name: string): SessionAffinity {
    return new SessionAffinity("HEADER_FIELD", name);
  }

  /** Requests with the same cookie; the load balancer sets it if it is missing. */
  public static httpCookie(name: string, options: AffinityCookieOptions = {}): SessionAffinity {
    return new SessionAffinity("HTTP_COOKIE", name, options);
  }

  /** A cookie that names the machine: adding or removing machines moves no other clients. */
  public static strongCookie(name: string, options: AffinityCookieOptions = {}): SessionAffinity {
    return new SessionAffinity("STRONG_COOKIE_AFFINITY", name, options);
  }

  private constructor(
    private readonly kind: string,
    private readonly name?: string,
    private readonly options: AffinityCookieOptions = {},
  ) {}

  /** Whether a hash selects the machine. @internal */
  public get _hashes(): boolean {
    return this.kind !== "NONE" && this.kind !== "STRONG_COOKIE_AFFINITY";
  }

  /** For connections without headers. @internal */
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
