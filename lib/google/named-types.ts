import { computeName } from "./formats";
import { type Limit, matching } from "./limit";
import { type NameFacts, type ResourceFacts, resourceType } from "./resource-type";
import { api, provider } from "./source";

/** Types of which only the names and labels are known here. */
const named = (type: string, group: string, name: NameFacts, more: Partial<ResourceFacts> = {}) => resourceType(`google_${type}`, { group, name, ...more });

const compute = (kind: string, place: string) => named(`compute_${kind}`, "compute", { format: computeName, uniqueIn: [place] });

const labels = { labels: "labels" } as const;

const format = (pattern: RegExp, text: string): Limit => matching(pattern, text).fix("shorten or respell the name");

export const namedTypes = [
  compute("service_attachment", "region"),
  compute("vpn_gateway", "region"),
  named(
    "bigquery_dataset",
    "bigquery",
    {
      attribute: "dataset_id",
      format: format(/^[A-Za-z0-9_]{1,1024}$/, "1 to 1024 letters, digits and underscores").from(api("BigQuery API v2")("DatasetReference.datasetId")),
      uniqueIn: [],
    },
    labels,
  ),
  named(
    "workflows_workflow",
    "workflows",
    {
      format: format(/^[a-zA-Z]([a-zA-Z0-9_-]{0,62}[a-zA-Z0-9])?$/, "1 to 64 letters, digits, hyphens and underscores, starting with a letter").from(
        api("Workflows API v1")("CreateWorkflow.workflowId"),
      ),
      uniqueIn: ["region"],
    },
    labels,
  ),
  named("iam_workload_identity_pool", "identity-pool", {
    attribute: "workload_identity_pool_id",
    format: format(/^(?!gcp-)[a-z0-9-]{4,32}$/, "4 to 32 lower-case letters, digits and hyphens, not starting with gcp-").from(provider("google_iam_workload_identity_pool 7.45.0")),
    uniqueIn: [],
  }),
];
