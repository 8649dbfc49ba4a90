import { blockOf, blocksOf } from "../../topology/document";
import { isComputed, isKnown, textOf, textOrDefault } from "../../topology/value";
import { length, limit, matching, oneOf, set, unset } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, isSet } from "../places";

const NEG = "google_compute_region_network_endpoint_group";
const CONCEPTS = "docs.cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts, read 2026-11-22";

/** Serverless NEGs, and backend services over them. */
export const serverlessNegRules: readonly Rule[] = [
  limit(
    "neg-type",
    NEG,
    "network_endpoint_type",
    oneOf("SERVERLESS", "PRIVATE_SERVICE_CONNECT", "INTERNET_IP_PORT", "INTERNET_FQDN_PORT", "GCE_VM_IP_PORTMAP"),
    "use SERVERLESS for Cloud Run",
    "provider documentation of google_compute_region_network_endpoint_group 7.45.0",
  ),
  {
    id: "neg-target",
    title: "a serverless NEG names exactly one Cloud Run service, App Engine app or function",
    severity: "error",
    why: "The API rejects a NEG without a target, or with two; the provider does not notice before.",
    fix: "set one of cloud_run, app_engine, cloud_function",
    source: CONCEPTS,
    check(topology, report) {
      for (const neg of topology.document.ofType(NEG)) {
        if ((neg.values.network_endpoint_type ?? "SERVERLESS") !== "SERVERLESS") continue;
        const kinds = ["cloud_run", "app_engine", "cloud_function", "serverless_deployment"];
        if (kinds.some((kind) => isComputed(neg.values, kind))) continue;
        const given = kinds.filter((kind) => neg.values[kind] !== undefined);
        if (given.length !== 1) report(neg, given[1] ?? "cloud_run", given);
      }
    },
  },
  {
    id: "neg-one-per-region",
    title: "a backend service has at most one serverless NEG of a region",
    severity: "error",
    why: "The API rejects the second one.",
    fix: "give each service a backend service of its own and join them by URL map",
    source: CONCEPTS,
    check(topology, report) {
      for (const backend of topology.backends) {
        const seen = new Set<string>();
        for (const group of backend.groups) {
          if (group.kind !== "serverlessNeg" || group.region === undefined) continue;
          if (seen.has(group.region))
            report(backend.resource, group.attribute, group.resource?.address, `two in ${group.region}`);
          seen.add(group.region);
        }
      }
    },
  },
  limit("neg-url-mask-tag", NEG, "cloud_run.tag", unset(), "use either url_mask or service and tag", CONCEPTS, {
    when: (cloudRun) => isKnown(cloudRun.url_mask) && cloudRun.url_mask !== undefined && blocksOf(cloudRun).length > 0,
  }),
  limit("neg-region", NEG, "region", set(), "set region to the region of the service", CONCEPTS),
  blockRule(
    {
      id: "neg-service-or-mask",
      title: "a serverless NEG names a service or function, or a URL mask",
      why: "The API needs one of them to know where requests go.",
      fix: "set service (function for functions), or url_mask",
      source: "Compute API v1, NetworkEndpointGroupCloudRun, read 2026-11-22",
    },
    NEG,
    ["cloud_run", "cloud_function"],
    (target, blame) => {
      if (!isSet(target.service) && !isSet(target.function) && !isSet(target.url_mask)) blame("", target);
    },
  ),
  blockRule(
    {
      id: "neg-mask-service",
      title: "the URL mask of a serverless NEG has its placeholder",
      why: "Without <service> (<function> for functions) in the mask, or a service beside it, the NEG cannot tell whom a request is for.",
      fix: 'write it like "/<service>" or "<service>.example.com"',
      source: CONCEPTS,
    },
    NEG,
    ["cloud_run", "cloud_function"],
    (target, blame) => {
      const mask = textOf(target.url_mask);
      if (mask === undefined || isSet(target.service) || isSet(target.function)) return;
      if (!/<(service|function)>/.test(mask)) blame("url_mask", mask);
    },
  ),
  limit(
    "neg-service-name",
    NEG,
    "cloud_run.service",
    matching(
      /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
      "the name of a service: 1 to 63 lower-case letters, digits and dashes",
    ),
    "give the service's name, not its id, link or URL",
    "Compute API v1, NetworkEndpointGroupCloudRun.service, read 2026-11-22",
  ),
  limit(
    "neg-tag-name",
    NEG,
    "cloud_run.tag",
    matching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "1 to 63 lower-case letters, digits and dashes, a letter first"),
    "rename the tag, here and in the service's traffic block",
    "Compute API v1, NetworkEndpointGroupCloudRun.tag, read 2026-11-22",
  ),
  limit(
    "neg-function-name",
    NEG,
    "cloud_function.function",
    length(1, 63),
    "give the function's name, not its id",
    "Compute API v1, NetworkEndpointGroupCloudFunction.function, read 2026-11-22",
  ),
  limit(
    "neg-app-version",
    NEG,
    "app_engine.version",
    unset(),
    "name the service beside its version",
    "Compute API v1, NetworkEndpointGroupAppEngine.version, read 2026-11-22",
    { when: ({ service, url_mask: mask }) => !isSet(service) && !isSet(mask) },
  ),
  blockRule(
    {
      id: "neg-psc",
      title: "psc_target_service and psc_data stand with PRIVATE_SERVICE_CONNECT, and it with psc_target_service",
      why: "The API rejects them on other NEGs, and a Private Service Connect NEG without a target.",
      fix: "set network_endpoint_type = PRIVATE_SERVICE_CONNECT, or take the psc_ attributes away",
      source: "Compute API v1, NetworkEndpointGroup.pscTargetService, read 2026-11-22",
    },
    NEG,
    [""],
    (neg, blame) => {
      const type = textOrDefault(neg.network_endpoint_type, "SERVERLESS");
      if (type === undefined) return;
      if (type === "PRIVATE_SERVICE_CONNECT") {
        if (!isSet(neg.psc_target_service)) blame("psc_target_service", undefined);
        return;
      }
      const given = ["psc_target_service", "psc_data"].find((name) => isSet(neg[name]));
      if (given) blame(given, neg[given], type);
    },
  ),
  blockRule(
    {
      id: "neg-serverless-network",
      title: "a serverless NEG has no network and subnetwork",
      why: "It has no endpoints in a network; the API rejects the attributes.",
      fix: "take network and subnetwork away",
      source: CONCEPTS,
    },
    NEG,
    [""],
    (neg, blame) => {
      if (textOrDefault(neg.network_endpoint_type, "SERVERLESS") !== "SERVERLESS") return;
      const given = ["network", "subnetwork"].find((name) => isSet(neg[name]));
      if (given) blame(given, neg[given]);
    },
  ),
  {
    id: "neg-service-region",
    title: "a serverless NEG is in the region of its Cloud Run service",
    severity: "error",
    why: "A NEG leads to services of its own region only: requests to it fail.",
    fix: "set the NEG's region to the service's location",
    source: CONCEPTS,
    check(topology, report) {
      for (const neg of topology.document.ofType(NEG)) {
        const service = topology.document.target(blockOf(neg.values.cloud_run)?.service);
        if (service?.type !== "google_cloud_run_v2_service" && service?.type !== "google_cloud_run_service") continue;
        const [region, location] = [textOf(neg.values.region), textOf(service.values.location)];
        if (region !== undefined && location !== undefined && region !== location)
          report(neg, "region", region, `${service.address} is in ${location}`);
      }
    },
  },
  {
    id: "neg-service-project",
    title: "a serverless NEG is in the project of its Cloud Run service",
    severity: "error",
    why: "Google wants both in one project; requests fail otherwise.",
    fix: "set the same project on both; share the backend service across projects instead",
    source: CONCEPTS,
    check(topology, report) {
      for (const neg of topology.document.ofType(NEG)) {
        const service = topology.document.target(blockOf(neg.values.cloud_run)?.service);
        const [one, other] = [textOf(neg.values.project), textOf(service?.values.project)];
        if (one !== undefined && other !== undefined && one !== other) report(neg, "project", one, other);
      }
    },
  },
];
