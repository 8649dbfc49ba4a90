import { computeName } from "./formats";
import { length, matching, oneOf, set, unset } from "./limit";
import { atLeastOne, EVERYTHING, exactlyOne, resourceType } from "./resource-type";
import { api, page, provider } from "./source";

const compute = api("Compute API v1");
const concepts = page("load-balancing/docs/negs/serverless-neg-concepts");
const cloudRun = (field: string) => compute(`NetworkEndpointGroupCloudRun.${field}`);

const cloudFunction = compute("NetworkEndpointGroupCloudFunction.function");

const PRODUCTS = "cloud_run app_engine cloud_function serverless_deployment";
const serviceName = matching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "the name of a service: 1 to 63 lower-case letters, digits and dashes");
const OTHER_TYPES = ["SERVERLESS", "INTERNET_IP_PORT", "INTERNET_FQDN_PORT", "GCE_VM_IP_PORTMAP"];
const notPsc = unset().when({ network_endpoint_type: OTHER_TYPES }).fix("remove it, or set network_endpoint_type = PRIVATE_SERVICE_CONNECT", compute("NetworkEndpointGroup.pscTargetService"));
const notServerless = unset().when({ network_endpoint_type: "SERVERLESS" }).fix("remove network and subnetwork: a serverless NEG has no endpoints in a network", concepts);
const mask = (what: string) =>
  matching(new RegExp(`<${what}>`), `a mask with the placeholder <${what}>`)
    .when({ [what]: unset() })
    .fix(`write it like "/<${what}>" or "<${what}>.example.com"`, concepts);

const regionNetworkEndpointGroup = resourceType("google_compute_region_network_endpoint_group", {
  group: "neg",
  name: { format: computeName, uniqueIn: ["region"] },
  replacedBy: EVERYTHING,
  keptWhenUnset: ["network", "psc_data"],
  defaults: { network_endpoint_type: "SERVERLESS" },
  limits: {
    region: set().fix("set region to the region of the service", provider("google_compute_region_network_endpoint_group 7.45.0", "validate")),
    "cloud_run.service": serviceName.refs({ google_cloud_run_v2_service: "name", google_cloud_run_service: "name" }).fix("give the service's name, not its id, link or URL", cloudRun("service")),
    "cloud_run.tag": [
      computeName.fix("rename the tag, here and in the service's traffic block", cloudRun("tag")),
      unset().when({ url_mask: set() }).named("mask").fix("use either url_mask, or service and tag", concepts),
    ],
    "cloud_run.url_mask": mask("service"),
    "cloud_function.url_mask": mask("function"),
    "cloud_function.function": length(1, 63).refs({ google_cloudfunctions_function: "name", google_cloudfunctions2_function: "name" }).fix("give the function's name, not its id", cloudFunction),
    "app_engine.version": unset().when({ service: unset(), url_mask: unset() }).fix("name the service beside its version", compute("NetworkEndpointGroupAppEngine.version")),
    psc_target_service: [set().when({ network_endpoint_type: "PRIVATE_SERVICE_CONNECT" }).named("missing").fix("set psc_target_service", compute("NetworkEndpointGroup.pscTargetService")), notPsc],
    psc_data: notPsc,
    network: notServerless,
    subnetwork: notServerless,
  },
  alternatives: [
    exactlyOne(PRODUCTS, { id: "target", where: { network_endpoint_type: "SERVERLESS" } }).fix("set one of cloud_run, app_engine and cloud_function", concepts),
    atLeastOne("service url_mask", { in: "cloud_run", id: "service-or-mask" }).fix("set service or url_mask", cloudRun("service")),
    atLeastOne("function url_mask", { in: "cloud_function", id: "function-or-mask" }).fix("set function or url_mask", cloudFunction),
  ],
});

const zonalTypes = "GCE_VM_IP GCE_VM_IP_PORT NON_GCP_PRIVATE_IP_PORT INTERNET_IP_PORT INTERNET_FQDN_PORT SERVERLESS PRIVATE_SERVICE_CONNECT GCE_VM_IP_DEDICATED_BACKEND";

const zonalType = oneOf(...zonalTypes.split(" ")).named("zonal");

export const networkEndpointGroupTypes = [
  regionNetworkEndpointGroup,
  resourceType("google_compute_network_endpoint_group", {
    group: "neg",
    name: { format: computeName, uniqueIn: ["zone"] },
    replacedBy: EVERYTHING,
    limits: { network_endpoint_type: zonalType.fix("use GCE_VM_IP_PORT for machines and pods", provider("google_compute_network_endpoint_group 7.45.0", "validate")) },
  }),
  resourceType("google_compute_global_network_endpoint_group", { group: "neg", name: { format: computeName, uniqueIn: [] }, replacedBy: EVERYTHING }),
  resourceType("google_compute_network_endpoint", { group: "neg", replacedBy: EVERYTHING }),
  ...["region_network_endpoint", "global_network_endpoint"].map((kind) =>
    resourceType(`google_compute_${kind}`, {
      group: "neg",
      replacedBy: EVERYTHING,
      alternatives: [atLeastOne("fqdn ip_address", { id: "endpoint-target" }).fix("set fqdn or ip_address", provider(`google_compute_${kind} 7.45.0`, "validate"))],
    }),
  ),
];
