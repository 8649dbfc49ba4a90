import fc from "fast-check";
import { inOrder } from "../../lib/report/routes-table";
import { TerraformDocument } from "../../lib/topology/document";
import type { Route } from "../../lib/topology/routes";
import { Topology } from "../../lib/topology/topology";
import { answerOf } from "../../lib/topology/url-map-answer";

const HOSTS = ["a.example.com", "b.example.com", "*.example.com", "*.com", "*"];
const PATHS = ["/*", "/a", "/a/*", "/a/b", "/a/b/*", "/b"];

/** Whether a row of the table is about a request, read by itself. */
function fits({ hosts, kind, paths, block }: Route, host: string, path: string): boolean {
  const isHost = hosts.some((each) => (each.startsWith("*") ? host.endsWith(each.slice(1)) : each === host));
  const { prefix_match: prefix } = (block.match_rules ?? {}) as { prefix_match?: string };
  if (kind === "routeRule") return isHost && path.startsWith(prefix!);
  const isPath = paths.some((each) => (each.endsWith("/*") ? path.startsWith(each.slice(0, -1)) : each === path));
  return isHost && (kind !== "pathRule" || isPath);
}

test("the first row that fits is what the route field answers", () => {
  const matcher = fc.oneof(
    fc.uniqueArray(fc.constantFrom(...PATHS)).map((paths) => ({
      path_rule: paths.map((path) => ({ paths: [path], service: "s" })),
    })),
    fc
      .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 99 }), fc.constantFrom("/", "/a", "/a/b")), {
        selector: ([priority]) => priority,
      })
      .map((rules) => ({
        route_rules: rules.map(([priority, prefix_match]) => ({
          priority,
          match_rules: { prefix_match },
          service: "s",
        })),
      })),
  );
  const maps = fc.uniqueArray(fc.tuple(fc.constantFrom(...HOSTS), matcher), { selector: ([host]) => host });
  const request = fc.tuple(
    fc.constantFrom("a.example.com", "b.example.com", "c.example.com", "other.com", "other.org"),
    fc.constantFrom("/", "/a", "/a/", "/a/b", "/a/b/c", "/b", "/c"),
  );
  fc.assert(
    fc.property(maps, request, (matchers, [host, path]) => {
      const values = {
        default_service: "d",
        host_rule: matchers.map(([each], index) => ({ hosts: [each], path_matcher: `m${index}` })),
        path_matcher: matchers.map(([, rules], index) => ({ name: `m${index}`, default_service: "d", ...rules })),
      };
      const { routes } = new Topology(TerraformDocument.parse({ resource: { google_compute_url_map: { m: values } } }));
      const first = inOrder(routes).find((each) => fits(each, host, path));
      expect(first?.attribute).toBe(answerOf(values, { scheme: "https", method: "GET", host, path }).at);
    }),
    { numRuns: 500 },
  );
});
