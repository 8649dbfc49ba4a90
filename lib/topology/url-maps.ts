import { type Backend, schemeOf } from "./backends";
import { type Block, blocksOf, type Resource } from "./document";
import type { Route, RouteTarget } from "./routes";
import type { Topology } from "./topology";
import { isComputed } from "./value";

export const URL_MAPS = "google_compute_url_map|google_compute_region_url_map";

/** A URL map with the backends that it leads to. */
export interface UrlMap {
  readonly resource: Resource;
  readonly isGlobal: boolean;
  readonly routes: readonly Route[];
  /** The backends that are in the document, each with the place that names it. */
  readonly uses: readonly { readonly target: RouteTarget; readonly backend: Backend }[];
  /** Whether all routes are written out, and every target is in the document. */
  readonly isComplete: boolean;
  /** The load balancing schemes of the backend services, as far as they are known. */
  readonly schemes: readonly string[];
  /**
   * Whether it is for the classic Application Load Balancer: all its known backend services have
   * the scheme EXTERNAL.
   */
  readonly isClassic: boolean;
}

export function readUrlMaps(topology: Topology): readonly UrlMap[] {
  return topology.places(URL_MAPS).map(({ resource }) => {
    const routes = topology.routesOf(resource);
    const targets = routes.flatMap((route) => route.targets);
    const uses = targets.flatMap((target) => {
      const backend = topology.backendOf(target.backend);
      return backend ? [{ target, backend }] : [];
    });
    const services = uses.filter(({ backend }) => backend.kind === "service").map(({ backend }) => schemeOf(backend));
    const isGlobal = resource.type === "google_compute_url_map";
    return {
      resource,
      isGlobal,
      routes,
      uses,
      isComplete: targets.every(({ backend }) => backend !== undefined) && !hasComputedRoutes(resource.values),
      schemes: services.filter((scheme) => scheme !== undefined),
      isClassic: isGlobal && services.length > 0 && services.every((scheme) => scheme === "EXTERNAL"),
    };
  });
}

function hasComputedRoutes(values: Block): boolean {
  const matchers = blocksOf(values.path_matcher);
  return (
    isComputed(values, "path_matcher") ||
    matchers.some((matcher) => isComputed(matcher, "path_rule") || isComputed(matcher, "route_rules"))
  );
}

/** The blocks at some paths of every URL map, each with what is known of its URL map. */
export function urlMapBlocks(
  ...paths: readonly string[]
): (topology: Topology) => (UrlMap & { readonly at: string; readonly block: Block })[] {
  return (topology) => {
    const maps = new Map(topology.once(readUrlMaps).map((urlMap) => [urlMap.resource, urlMap]));
    return paths
      .flatMap((path) => topology.places(URL_MAPS, path))
      .map((place) => ({ ...maps.get(place.resource)!, ...place }));
  };
}
