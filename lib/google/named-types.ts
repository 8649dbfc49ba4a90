import { computeName } from "./formats";
import { type Limit, matching } from "./limit";
import { atMostOne, type NameFacts, type ResourceFacts, resourceType } from "./resource-type";
import { api, provider, type Source } from "./source";

/** Types of which only the names and labels are known here, and what replaces them. */
const named = (type: string, group: string, replacedBy: string, name: NameFacts, more: Partial<ResourceFacts> = {}) =>
  resourceType(`google_${type}`, { group, name, replacedBy: replacedBy.split(" "), ...more });

const compute = (kind: string, replacedBy: string, ...uniqueIn: string[]) => named(`compute_${kind}`, "compute", replacedBy, { format: computeName, uniqueIn });

const format = (pattern: RegExp, text: string, source: Source): Limit => matching(pattern, text).fix("shorten or respell the name", source);

const datasetId = format(/^[A-Za-z0-9_]{1,1024}$/, "1 to 1024 letters, digits and underscores", api("BigQuery API v2")("DatasetReference.datasetId"));
const workflowName = format(
  /^[a-zA-Z]([a-zA-Z0-9_-]{0,62}[a-zA-Z0-9])?$/,
  "1 to 64 letters, digits, hyphens and underscores, starting with a letter",
  api("Workflows API v1")("CreateWorkflow.workflowId"),
);
const poolId = format(/^(?!gcp-)[a-z0-9-]{4,32}$/, "4 to 32 lower-case letters, digits and hyphens, not starting with gcp-", provider("google_iam_workload_identity_pool 7.45.0"));

export const namedTypes = [
  compute("service_attachment", "name domain_names region", "region"),
  compute("vpn_gateway", "name description network params region", "region"),
  compute("network_firewall_policy", "name"),
  compute("region_network_firewall_policy", "name region", "region"),
  named("bigquery_dataset", "bigquery", "dataset_id external_dataset_reference location", { attribute: "dataset_id", format: datasetId, uniqueIn: [] }, { labels: "labels", holds: "tables" }),
  named(
    "workflows_workflow",
    "workflows",
    "name name_prefix region",
    { format: workflowName, uniqueIn: ["region"] },
    {
      labels: "labels",
      alternatives: [atMostOne("name name_prefix", { id: "name-or-prefix" }).fix("remove one of them", provider("google_workflows_workflow 7.45.0", "validate"))],
    },
  ),
  named("iam_workload_identity_pool", "identity-pool", "workload_identity_pool_id", { attribute: "workload_identity_pool_id", format: poolId, uniqueIn: [] }),
];
