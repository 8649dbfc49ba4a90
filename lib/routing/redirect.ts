import type { ComputeUrlMapPathMatcherDefaultUrlRedirect } from "@cdktf/provider-google/lib/compute-url-map";
import type { IConstruct } from "constructs";
import { checked } from "../core/checked";
import { checkLiteral } from "../core/checks";
import { ValidationError } from "../core/errors";
import { urlPath } from "../google/url-map";
import { normalHost } from "./route-pattern";

/** How clients follow a redirect. Only 307 and 308 keep method and body: a POST stays a POST. */
export enum RedirectCode {
  /** 308: permanent, with the same method and body. */
  PERMANENT = "PERMANENT_REDIRECT",
  /** 307: temporary, with the same method and body. */
  TEMPORARY = "TEMPORARY_REDIRECT",
  /** 301: permanent; a POST becomes a GET. */
  MOVED_PERMANENTLY = "MOVED_PERMANENTLY_DEFAULT",
  /** 302: temporary; a POST becomes a GET. */
  FOUND = "FOUND",
  /** 303: the response is elsewhere, by GET. */
  SEE_OTHER = "SEE_OTHER",
}

export interface RedirectOptions {
  /** @default RedirectCode.PERMANENT (308) */
  readonly code?: RedirectCode;
  /** Another host: for `toPath` and `toPrefix`. @default the same host */
  readonly host?: string;
  /** Drops the query. @default false: it is kept */
  readonly stripQuery?: boolean;
}

/**
 * Redirects the client. The scheme stays the same: the frontend redirects from http to https
 * (`PlainHttp.REDIRECT`), and Google Cloud refuses it in the URL map of an HTTPS proxy (Compute API
 * v1, HttpRedirectAction.httpsRedirect, read 2026-11-22).
 */
@checked
export class Redirect {
  /** To the same path of another host. */
  public static toHost(hostName: string, options: RedirectOptions = {}): Redirect {
    return new Redirect({ ...options, host: hostName });
  }

  /** To one path: `/v2/models`. At most 1024 characters. */
  public static toPath(path: string, options: RedirectOptions = {}): Redirect {
    return new Redirect(options, path);
  }

  /**
   * To another prefix, keeping the rest of the path: `/v1/*` to `/v2/` sends `/v1/models` to
   * `/v2/models`. Replaces an exact path completely. At most 1024 characters.
   */
  public static toPrefix(prefix: string, options: RedirectOptions = {}): Redirect {
    return new Redirect(options, undefined, prefix);
  }

  private constructor(
    private readonly options: RedirectOptions,
    private readonly path?: string,
    private readonly prefix?: string,
  ) {}

  /** @internal */
  public _check(where: IConstruct, paths: readonly string[], templates: readonly string[]): void {
    const host = this.host(where);
    if (host?.startsWith("*")) this.refuse(where, host, "one host", "name the host to redirect to");
    for (const path of [this.path, this.prefix]) {
      checkLiteral(where, "redirect", path);
      if (path !== undefined && (!urlPath.holds(path) || /[?#*\s]/.test(path)))
        this.refuse(where, path, `${urlPath.text}, without *, ? and #`, 'for example "/v2/"');
    }
    const open = paths.find((path) => path.endsWith("*"));
    if (this.prefix !== undefined && open !== undefined && !this.prefix.endsWith("/"))
      this.refuse(
        where,
        this.prefix,
        `a prefix that ends with / as ${open} does`,
        "add the /: the rest of the path is appended unchanged",
      );
    if (this.prefix !== undefined && templates.length > 0)
      this.refuse(
        where,
        this.prefix,
        "toHost or toPath with templates: which part of the path a prefix replaces there is not defined",
        "use paths",
      );
  }

  /** @internal */
  public _render(where: IConstruct): ComputeUrlMapPathMatcherDefaultUrlRedirect {
    return {
      hostRedirect: this.host(where),
      pathRedirect: this.path,
      prefixRedirect: this.prefix,
      redirectResponseCode: this.options.code ?? RedirectCode.PERMANENT,
      stripQuery: this.options.stripQuery ?? false,
    };
  }

  /** Where a request to this host and path is sent; `pattern` is the matched path. @internal */
  public _target(where: IConstruct, host: string, path: string, pattern: string): { host: string; path: string } {
    const rest = pattern.endsWith("*") ? path.slice(pattern.length - 1) : "";
    return {
      host: this.host(where) ?? host,
      path: this.path ?? (this.prefix === undefined ? path : this.prefix + rest),
    };
  }

  private host(where: IConstruct): string | undefined {
    return this.options.host === undefined ? undefined : normalHost(where, "redirect host", this.options.host);
  }

  private refuse(where: IConstruct, got: string, allowed: string, fix: string): never {
    throw new ValidationError(where, { what: "redirect", got, allowed, fix });
  }
}
