import type { Block, TerraformDocument } from "../topology/document";
import type { QuotaNeed } from "./quota";

/** Requests for quotas, and the needs for which there can be none. */
export interface QuotaPreferences {
  /** Terraform JSON with one `google_cloud_quotas_quota_preference` for each. */
  readonly json: Block;
  /** Whose project is not known, or whose quota Cloud Quotas has under another name. */
  readonly left: readonly QuotaNeed[];
}

/**
 * Asks Google for quotas by Terraform: in a stack of its own, applied days before the deploy.
 * Google decides; until then the preference is there and the quota is not.
 *
 * @param email Of an account that may change quotas of the project.
 */
export function quotaPreferences(
  document: TerraformDocument,
  needs: readonly QuotaNeed[],
  email: string,
): QuotaPreferences {
  const left: QuotaNeed[] = [];
  const preferences: Record<string, Block> = {};
  for (const need of needs) {
    const { quota, region, duringRollOut, resources } = need;
    const first = document.at(resources[0]!);
    const project = first && document.projectOf(first);
    const id = quotaId(need);
    if (project === undefined || id === undefined) {
      left.push(need);
      continue;
    }
    const name = [quota.id, region ?? "global"]
      .join("-")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-");
    preferences[name] = {
      parent: `projects/${project}`,
      name,
      service: quota.service,
      quota_id: id,
      ...(region === undefined ? {} : { dimensions: { region } }),
      // Memory is counted in bytes.
      quota_config: { preferred_value: Math.ceil(duringRollOut) * (quota.unit === "GiB" ? 2 ** 30 : 1) },
      contact_email: email,
    };
  }
  return { json: { resource: { google_cloud_quotas_quota_preference: preferences } }, left };
}

/** Cloud Quotas spells metrics of Compute Engine with hyphens, and adds their scope. */
function quotaId({ quota: { service, id }, region }: QuotaNeed): string | undefined {
  if (service !== "compute.googleapis.com") return id;
  // The family is a dimension, whose values are not known here.
  if (id.includes(" ")) return undefined;
  return `${id.replaceAll("_", "-")}-per-project${region === undefined ? "" : "-region"}`;
}
