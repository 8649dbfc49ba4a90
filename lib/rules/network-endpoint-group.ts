import { page } from "../google/source";
import { backendServices } from "../topology/backends";
import { blockOf } from "../topology/document";
import type { Topology } from "../topology/topology";
import { textOf } from "../topology/value";
import { type Rule, rule } from "./rule";

const concepts = page("load-balancing/docs/negs/serverless-neg-concepts");

/** Serverless NEGs with the Cloud Run service of the document that they lead to. */
function negsOfServices({ document }: Topology) {
  return document.ofType("google_compute_region_network_endpoint_group").flatMap((resource) => {
    const service = document.target(blockOf(resource.values.cloud_run)?.service);
    return service && /^google_cloud_run(_v2)?_service$/.test(service.type) ? [{ resource, service }] : [];
  });
}

/** Serverless NEGs. What single attributes may be is in google/network-endpoint-group.ts. */
export const networkEndpointGroupRules: readonly Rule[] = [
  rule("neg-one-per-region", backendServices, {
    title: "a backend service must have at most one serverless NEG of a region, and a regional one just one",
    why: "The API rejects the second one.",
    fix: "give each service a backend service of its own and join them by URL map",
    source: concepts,
    judge({ groups, isGlobal }, blame, { document }) {
      const seen = new Map<string, string | undefined>();
      for (const { kind, resource, block, region, attribute } of groups) {
        const place = isGlobal ? region : "the region";
        if (kind !== "serverlessNeg" || place === undefined) continue;
        const identity = document.identity(block.group);
        // The same NEG twice is another rule's finding.
        if (seen.has(place) && (identity === undefined || seen.get(place) !== identity))
          blame(attribute, resource?.address, `two in ${place}`);
        seen.set(place, identity);
      }
    },
  }),
  rule("neg-service-region", (topology) => topology.once(negsOfServices), {
    title: "a serverless NEG must be in the region of its Cloud Run service",
    why: "A NEG leads to services of its own region only: requests to it fail.",
    fix: "set the NEG's region to the service's location",
    source: concepts,
    judge({ resource, service }, blame) {
      const [region, location] = [textOf(resource.values.region), textOf(service.values.location)];
      if (region !== undefined && location !== undefined && region !== location)
        blame("region", region, `${service.address} is in ${location}`);
    },
  }),
  rule("neg-service-project", (topology) => topology.once(negsOfServices), {
    title: "a serverless NEG must be in the project of its Cloud Run service",
    why: "Google wants both in one project; requests fail otherwise.",
    fix: "set the same project on both; share the backend service across projects instead",
    source: concepts,
    judge({ resource, service }, blame, { document }) {
      const [own, other] = [document.projectOf(resource), document.projectOf(service)];
      if (own !== undefined && other !== undefined && own !== other) blame("project", own, other);
    },
  }),
];
