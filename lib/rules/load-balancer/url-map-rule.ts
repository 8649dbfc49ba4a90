import type { Backend } from "../../topology/backends";
import type { Resource } from "../../topology/document";
import type { Route, RouteTarget } from "../../topology/routes";
import type { Topology } from "../../topology/topology";
import type { OldRule as Rule } from "../old-rule";
import type { About, Blame } from "../places";

/** A backend of a URL map, and where it stands there. */
export interface Use {
  readonly route: Route;
  readonly target: RouteTarget;
  readonly backend: Backend;
}

/** A rule on the known backends of each URL map. */
export function mapRule(
  about: About,
  judge: (uses: readonly Use[], blame: Blame, urlMap: Resource, topology: Topology) => void,
): Rule {
  return {
    ...about,
    severity: about.severity ?? "error",
    check(topology, report) {
      for (const type of ["google_compute_url_map", "google_compute_region_url_map"]) {
        for (const urlMap of topology.document.ofType(type)) {
          const uses = topology.routesOf(urlMap).flatMap((route) =>
            route.targets.flatMap((target) => {
              const backend = topology.backendOf(target.backend);
              return backend ? [{ route, target, backend }] : [];
            }),
          );
          judge(uses, (attribute, value, detail) => report(urlMap, attribute, value, detail), urlMap, topology);
        }
      }
    },
  };
}
