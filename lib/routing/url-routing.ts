import {
  ComputeUrlMap,
  computeUrlMapHostRuleToTerraform,
  computeUrlMapPathMatcherToTerraform,
} from "@cdktf/provider-google/lib/compute-url-map";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import type { IBackend } from "../backend/backend";
import { checkUnique } from "../checks";
import { ValidationError } from "../errors";
import { COMPUTE_NAME, generatedName, hashedSlug } from "../naming";
import { checkPath, normalHost } from "./route-pattern";

/** A URL map that a proxy can point at. */
export interface IUrlMap {
  /** Self link. */
  readonly urlMapId: string;
}

export interface RouteProps {
  /** Where matching requests go. */
  readonly backend: IBackend;
  /**
   * Exact paths (`/v1/models`) and prefixes (`/v1/*`, which matches `/v1/` and below, not `/v1`). The longest match wins, in whatever order
   * routes are added. @default every path
   */
  readonly paths?: string[];
  /** Hosts: `api.example.com`, or `*.example.com` for any one below. @default every host */
  readonly hosts?: string[];
}

export interface UrlRoutingProps {
  /** Where requests go that no route matches. */
  readonly defaultBackend: IBackend;
}

const ANY_HOST = "*";
const ANY_PATH = "/*";

/**
 * The URL map: which backend answers which host and path.
 *
 * A route without hosts holds for every host, and one of `*.example.com` for the hosts below that have routes of their own, too; of two for the same
 * path, that of the narrower host wins. Routes change in place. The URL map is created before a predecessor is destroyed, so a renamed one takes
 * over without a gap.
 */
export class UrlRouting extends Construct implements IUrlMap {
  public readonly resource: ComputeUrlMap;
  public readonly urlMapId: string;
  /** Backend by path, by host. */
  private readonly hosts = new Map<string, Map<string, IBackend>>();

  public constructor(scope: Construct, id: string, props: UrlRoutingProps) {
    super(scope, id);
    const { defaultBackend } = props;
    this.resource = new ComputeUrlMap(this, "Resource", {
      name: generatedName(this, COMPUTE_NAME),
      defaultService: defaultBackend.backendId,
      hostRule: Lazy.anyValue(
        { produce: () => this.matchers(defaultBackend).map(({ rule }) => computeUrlMapHostRuleToTerraform(rule)) },
        { omitEmptyArray: true },
      ),
      pathMatcher: Lazy.anyValue(
        {
          produce: () =>
            this.matchers(defaultBackend).map(({ matcher }) => computeUrlMapPathMatcherToTerraform(matcher)),
        },
        { omitEmptyArray: true },
      ),
      lifecycle: { createBeforeDestroy: true },
    });
    this.urlMapId = this.resource.id;
  }

  /**
   * Sends these hosts and paths to a backend.
   *
   * @throws ValidationError for a malformed host or path, and for a host and path that has a backend already.
   */
  public addRoute(props: RouteProps): void {
    const hosts = (props.hosts ?? [ANY_HOST]).map((host) => normalHost(this, "host", host));
    const paths = props.paths ?? [ANY_PATH];
    if (hosts.length === 0 || paths.length === 0) {
      throw new ValidationError(this, {
        what: hosts.length === 0 ? "hosts" : "paths",
        got: [],
        allowed: "at least one, or leave it out for all",
        fix: "name one, or leave the prop out",
      });
    }
    for (const path of paths) checkPath(this, path);
    checkUnique(this, "hosts", hosts, "name each host once");
    checkUnique(this, "paths", paths, "name each path once");
    const taken = hosts.flatMap((host) =>
      paths.filter((path) => this.hosts.get(host)?.has(path)).map((path) => `${host}${path}`),
    );
    if (taken.length > 0) {
      throw new ValidationError(this, {
        what: "route",
        got: taken,
        allowed: "hosts and paths without a backend so far",
        fix: "remove one of the two routes",
      });
    }
    for (const host of hosts) {
      const routes = this.hosts.get(host) ?? new Map<string, IBackend>();
      for (const path of paths) routes.set(path, props.backend);
      this.hosts.set(host, routes);
    }
  }

  /** One host rule and path matcher per host, sorted, so that the order of `addRoute` calls leaves no trace. */
  private matchers(defaultBackend: IBackend) {
    return [...this.hosts.keys()].sort().map((host) => {
      const routes = new Map(this.hostsOver(host).flatMap((each) => [...this.hosts.get(each)!]));
      const name = host === ANY_HOST ? "any-host" : hashedSlug(host, COMPUTE_NAME.maxLength);
      const whole = routes.get(ANY_PATH);
      routes.delete(ANY_PATH);
      return {
        rule: { hosts: [host], pathMatcher: name },
        matcher: {
          name,
          defaultService: (whole ?? defaultBackend).backendId,
          pathRule: byBackend(routes).map(([backend, paths]) => ({ paths, service: backend.backendId })),
        },
      };
    });
  }

  /** The hosts whose routes hold for `host`, the widest first, itself last: Google Cloud asks the narrowest host rule and no other. */
  private hostsOver(host: string): string[] {
    const wider = [...this.hosts.keys()].filter(
      (each) => each !== host && each.startsWith(ANY_HOST) && host.endsWith(each.slice(1)),
    );
    return [...wider.sort((a, b) => a.length - b.length), host];
  }
}

/** Paths of the same backend in one rule. Order carries no meaning, since the longest match wins. */
function byBackend(routes: ReadonlyMap<string, IBackend>): [IBackend, string[]][] {
  const groups = new Map<IBackend, string[]>();
  for (const path of [...routes.keys()].sort()) {
    const backend = routes.get(path)!;
    groups.set(backend, [...(groups.get(backend) ?? []), path]);
  }
  return [...groups];
}
