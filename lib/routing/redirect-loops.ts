import type { IConstruct } from "constructs";
import { fitsHost, hostRank } from "../language/host-name";
import { firstFor, type HostRoutes, sampleHost, samplePath } from "./url-map-tests";

/**
 * Redirects that lead back to themselves, found by following one sample of each. All routes are
 * needed: a redirect may lead to any host with its own routes. Redirects by query or method are
 * skipped: the next request may have another query or method.
 */
export function redirectLoops(where: IConstruct, all: readonly HostRoutes[]): string[] {
  return all.flatMap(({ host, entries }) =>
    entries.flatMap(({ patterns, route }) => {
      const { redirect } = route.props;
      const loop = patterns.find(({ text }) => {
        const target = redirect?._target(where, sampleHost(host), samplePath(text), text);
        const there = target && all.filter((each) => fitsHost(each.host, target.host)).sort(byRank)[0];
        return target && there && firstFor(there.entries, target.path)?.route === route;
      });
      if (loop === undefined || route.methods.length + route.queryParameters.length > 0) return [];
      return [
        `redirect: got "${host}${loop.text}, which leads back to the same route", allowed is a target that another route answers; ` +
          "give the target a route of its own, or name the hosts or paths to redirect: clients give up after about 20 redirects",
      ];
    }),
  );
}

function byRank(a: HostRoutes, b: HostRoutes): number {
  return hostRank(b.host) - hostRank(a.host);
}
