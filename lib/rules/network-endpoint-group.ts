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
  rule("neg-service", negsOfServices, {
    title: "a serverless NEG must be in the region and the project of its Cloud Run service",
    why: "A NEG leads to services of its own region and project only: requests fail.",
    fix: "set the NEG's region to the service's location, and the same project on both",
    source: concepts,
    judge({ resource, service }, blame, { document }) {
      const pairs = [
        ["region", textOf(resource.values.region), textOf(service.values.location)],
        ["project", document.projectOf(resource), document.projectOf(service)],
      ] as const;
      for (const [name, own, other] of pairs)
        if (own !== undefined && other !== undefined && own !== other)
          blame(name, own, `${service.address} is in ${other}`);
    },
  }),
];
