import { blockOf, type Resource } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { type About, type Blame, blocksAt } from "../places";
import { isHttp, isServerless, protocolOf, schemeOf } from "./backend-rule";
import { ACTIONS, api, ERROR_POLICIES } from "./url-map-places";
import { mapRule } from "./url-map-rule";

const BUCKET = /_backend_bucket$/;

/** How URL maps go together with the backends that they lead to. */
export const urlMapBackendRules: readonly Rule[] = [
  mapRule(
    {
      id: "url-map-backend-scheme",
      title: "all backend services of a URL map are for one kind of load balancer",
      why: "A forwarding rule has one scheme, and the API rejects backend services of another. EXTERNAL and EXTERNAL_MANAGED may stand side by side on the way from classic.",
      fix: "set the same load_balancing_scheme on all of them, and on the forwarding rules",
      source: api("BackendService.loadBalancingScheme"),
    },
    (uses, blame) => {
      const known = uses.flatMap((use) => {
        const scheme = schemeOf(use.backend);
        return scheme === undefined ? [] : [{ ...use, scheme: scheme === "EXTERNAL" ? "EXTERNAL_MANAGED" : scheme }];
      });
      const common = mostFrequent(known.map(({ scheme }) => scheme));
      for (const { target, scheme } of known) {
        if (scheme !== common) blame(target.attribute, target.value, `${scheme}, the others ${common}`);
      }
    },
  ),
  mapRule(
    {
      id: "url-map-backend-scope",
      title: "a global URL map leads to global backends, a regional one to backends of its region",
      why: "The API rejects a backend of another scope or region.",
      fix: "use backends of the URL map's own scope and region",
      source: api("UrlMap"),
    },
    (uses, blame, urlMap) => {
      const isGlobal = urlMap.type === "google_compute_url_map";
      const region = textOf(urlMap.values.region);
      for (const { target, backend } of uses) {
        const other = textOf(backend.resource.values.region);
        if (backend.isGlobal !== isGlobal) blame(target.attribute, target.value);
        else if (!isGlobal && region !== undefined && other !== undefined && other !== region)
          blame(target.attribute, target.value, `in ${other}, the URL map in ${region}`);
      }
    },
  ),
  mapRule(
    {
      id: "url-map-backend-protocol",
      title: "the backend services of a URL map speak HTTP, HTTPS, HTTP2 or gRPC",
      why: "URL maps route requests; the API rejects backend services of protocol TCP, SSL or UDP.",
      fix: "set protocol = HTTPS on the backend service",
      source: api("BackendService.protocol"),
    },
    (uses, blame) => {
      for (const { target, backend } of uses) {
        const protocol = backend.kind === "service" ? protocolOf(backend) : "HTTP";
        if (protocol !== undefined && !isHttp(protocol)) blame(target.attribute, target.value, `protocol ${protocol}`);
      }
    },
  ),
  {
    id: "url-map-backend-type",
    title: "a URL map leads to backend services and backend buckets",
    severity: "error",
    why: "The API rejects a link to anything else: a NEG, an instance group, a Cloud Run service or a bucket needs a backend in between.",
    fix: "refer to a google_compute_backend_service or google_compute_backend_bucket",
    source: api("UrlMap.defaultService"),
    check(topology, report) {
      for (const { urlMap, targets } of topology.routes) {
        for (const { backend, value, attribute } of targets) {
          if (backend && !/_backend_(service|bucket)$/.test(backend.type)) report(urlMap, attribute, value);
        }
      }
    },
  },
  mapRule(
    {
      id: "url-map-weighted-bucket",
      title: "weighted routes lead to backend services, not buckets",
      why: "The API takes backend services only in weighted_backend_services.",
      fix: "route to the bucket by default_service or service",
      source: api("WeightedBackendService.backendService"),
    },
    (uses, blame) => {
      for (const { target, backend } of uses) {
        if (backend.kind === "bucket" && /weighted_backend_services/.test(target.attribute))
          blame(target.attribute, target.value);
      }
    },
  ),
  {
    id: "url-map-weights-zero",
    title: "at least one weight of a weighted route is above 0",
    severity: "error",
    why: "With all weights at 0 no backend gets the requests; the API wants one that is not 0.",
    fix: "give the backend that is to serve a weight such as 100",
    source: api("HttpRouteAction.weightedBackendServices"),
    check(topology, report) {
      for (const { urlMap, targets } of topology.routes) {
        const weighted = targets.filter(({ attribute }) => /weighted_backend_services/.test(attribute));
        if (weighted.length > 0 && weighted.every(({ weight }) => weight === 0))
          report(urlMap, weighted[0]!.attribute.replace(/\.backend_service$/, ".weight"), 0);
      }
    },
  },
  mapRule(
    {
      id: "url-map-weights-affinity",
      title: "weighted routes lead to backend services without session affinity",
      severity: "warning",
      why: "The weights take precedence, so clients change between the backends; Google advises against both together.",
      fix: "take session_affinity away, or the weights",
      source: api("WeightedBackendService.weight"),
    },
    (uses, blame) => {
      for (const { target, backend } of uses) {
        const affinity = textOf(backend.resource.values.session_affinity);
        if ((target.weight ?? 0) > 0 && affinity !== undefined && affinity !== "NONE")
          blame(target.attribute, target.value, `session_affinity ${affinity}`);
      }
    },
  ),
  actionRule(
    {
      id: "url-map-mirror-serverless",
      title: "requests are not mirrored to serverless NEGs or buckets",
      why: "A mirrored backend service cannot have serverless NEGs, and a bucket cannot be mirrored to.",
      fix: "mirror to a backend service over instance groups, or take request_mirror_policy away",
      source: api("RequestMirrorPolicy.backendService"),
    },
    (action, blame, _urlMap, topology) => {
      const mirror = blockOf(action.request_mirror_policy)?.backend_service;
      const backend = topology.backendOf(topology.document.target(mirror));
      if (backend && (backend.kind === "bucket" || isServerless(backend)))
        blame("request_mirror_policy.backend_service", mirror);
    },
  ),
  {
    id: "url-map-error-service",
    title: "custom error pages come from a backend bucket",
    severity: "error",
    why: "error_service names the backend bucket with the pages; the API rejects a backend service.",
    fix: "refer to a google_compute_backend_bucket",
    source: api("CustomErrorResponsePolicy.errorService"),
    check(topology, report) {
      for (const urlMap of topology.document.ofType("google_compute_url_map")) {
        for (const place of ERROR_POLICIES) {
          for (const { at, block } of blocksAt(urlMap.values, place)) {
            const target = topology.document.target(block.error_service);
            if (target && !target.isData && !BUCKET.test(target.type))
              report(urlMap, `${at}.error_service`, block.error_service);
          }
        }
      }
    },
  },
  {
    id: "url-map-test-backend",
    title: "the service that a test expects is one that the URL map leads to",
    severity: "error",
    why: "The API runs the tests and rejects the URL map when one fails.",
    fix: "expect a backend of this URL map",
    source: api("UrlMapTest.service"),
    check(topology, report) {
      for (const type of ["google_compute_url_map", "google_compute_region_url_map"]) {
        for (const urlMap of topology.document.ofType(type)) {
          const tests = blocksAt(urlMap.values, "test");
          if (tests.length === 0) continue;
          const targets = topology.routesOf(urlMap).flatMap((route) => route.targets.map(({ backend }) => backend));
          if (targets.includes(undefined)) continue;
          for (const { at, block } of tests) {
            const expected = topology.document.target(block.service);
            if (expected && !targets.includes(expected)) report(urlMap, `${at}.service`, block.service);
          }
        }
      }
    },
  },
];

/** A rule on each route action of each URL map. */
function actionRule(
  about: About,
  judge: (action: Readonly<Record<string, unknown>>, blame: Blame, urlMap: Resource, topology: Topology) => void,
): Rule {
  return mapRule(about, (_uses, blame, urlMap, topology) => {
    for (const place of ACTIONS) {
      for (const { at, block } of blocksAt(urlMap.values, place)) {
        judge(block, (attribute, value, detail) => blame(`${at}.${attribute}`, value, detail), urlMap, topology);
      }
    }
  });
}

function mostFrequent(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
