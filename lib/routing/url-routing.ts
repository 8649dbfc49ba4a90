import {
  ComputeUrlMap,
  computeUrlMapHostRuleToTerraform,
  computeUrlMapPathMatcherToTerraform,
  computeUrlMapTestToTerraform,
} from "@cdktf/provider-google/lib/compute-url-map";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import type { IBackend } from "../backend/backend";
import { ValidationError } from "../errors";
import { COMPUTE_NAME, generatedName, hashedSlug } from "../naming";
import { ANY_HOST, checkRoute } from "./checked-route";
import { renderMatcher } from "./path-matcher";
import { redirectLoops } from "./redirect-loops";
import type { RouteProps } from "./route";
import { type Entry, entriesOf, ranked } from "./route-order";
import { type HostRoutes, renderTests } from "./url-map-tests";

/** A URL map that a proxy can point at. */
export interface IUrlMap {
  /** Self link. */
  readonly urlMapId: string;
}

export interface UrlRoutingProps {
  /** Where requests go that no route matches. */
  readonly defaultBackend: IBackend;
  /**
   * Lets Google Cloud check, whenever it takes the URL map, that each plain route to a backend answers as declared: at most 100 tests, one for each path of each
   * host (Compute API v1, UrlMap.tests, read 2026-11-22). A URL map that fails one is refused, and the one before stays. @default true
   */
  readonly urlMapTests?: boolean;
}

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
  /** What each host's own routes match, by key. */
  private readonly hosts = new Map<string, Map<string, Entry>>();

  public constructor(scope: Construct, id: string, props: UrlRoutingProps) {
    super(scope, id);
    const { defaultBackend, urlMapTests = true } = props;
    const late = (produce: () => unknown[]) => Lazy.anyValue({ produce }, { omitEmptyArray: true });
    this.resource = new ComputeUrlMap(this, "Resource", {
      name: generatedName(this, COMPUTE_NAME),
      defaultService: defaultBackend.backendId,
      hostRule: late(() =>
        this.routes().map(({ host }) =>
          computeUrlMapHostRuleToTerraform({ hosts: [host], pathMatcher: matcherName(host) }),
        ),
      ),
      pathMatcher: late(() =>
        this.routes().map(({ host, entries }) =>
          computeUrlMapPathMatcherToTerraform(renderMatcher(this, matcherName(host), entries, defaultBackend)),
        ),
      ),
      test: late(() => (urlMapTests ? renderTests(this.routes()).map(computeUrlMapTestToTerraform) : [])),
      lifecycle: { createBeforeDestroy: true },
    });
    this.urlMapId = this.resource.id;
    this.node.addValidation({ validate: () => redirectLoops(this, this.routes()) });
  }

  /**
   * Sends these requests to a backend, to several by weight, or elsewhere.
   *
   * @throws ValidationError for what Google Cloud would refuse, and for a host, path and conditions, or a priority, that have a route already.
   */
  public addRoute(props: RouteProps): void {
    const route = checkRoute(this, props);
    const entries = entriesOf(route);
    const taken = route.hosts.flatMap((host) =>
      entries.filter(({ key }) => this.isTaken(host, key)).map(({ key }) => `${host}${key}`),
    );
    if (taken.length > 0) {
      throw new ValidationError(this, {
        what: props.priority === undefined ? "route" : "priority",
        got: taken,
        allowed:
          props.priority === undefined
            ? "hosts and paths without a backend so far"
            : "a priority that no other route of an overlapping host has",
        fix: props.priority === undefined ? "remove one of the two routes" : "choose another number",
      });
    }
    for (const host of route.hosts) {
      const own = this.hosts.get(host) ?? new Map<string, Entry>();
      for (const entry of entries) own.set(entry.key, entry);
      this.hosts.set(host, own);
    }
  }

  /** Paths of a narrower host win over those of a wider one, but of two routes with one priority none does. */
  private isTaken(host: string, key: string): boolean {
    const own = [...this.hosts].filter(
      ([other]) => other === host || (key.startsWith("priority") && (covers(other, host) || covers(host, other))),
    );
    return own.some(([, entries]) => entries.has(key));
  }

  /** Each host with all routes that hold for it, sorted, so that the order of `addRoute` calls leaves no trace. */
  private routes(): HostRoutes[] {
    return [...this.hosts.keys()].sort().map((host) => {
      const entries = new Map(this.hostsOver(host).flatMap((each) => [...this.hosts.get(each)!]));
      return { host, entries: ranked([...entries.values()]) };
    });
  }

  /** The hosts whose routes hold for `host`, the widest first, itself last: Google Cloud asks the narrowest host rule and no other. */
  private hostsOver(host: string): string[] {
    const wider = [...this.hosts.keys()].filter((each) => covers(each, host));
    return [...wider.sort((a, b) => a.length - b.length), host];
  }
}

/** Whether the routes of a wildcard hold for a narrower host, too. */
function covers(wildcard: string, host: string): boolean {
  return wildcard !== host && wildcard.startsWith(ANY_HOST) && host.endsWith(wildcard.slice(1));
}

/** One path matcher per host, so that adding one leaves the others as they are. */
function matcherName(host: string): string {
  return host === ANY_HOST ? "any-host" : hashedSlug(host, COMPUTE_NAME.maxLength);
}
