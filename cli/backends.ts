import { blockOf, type Resource, type TerraformDocument } from "../lib/topology/document";
import { BACKEND_SERVICES } from "./machines";

const INVOKER = "google_cloud_run_v2_service_iam_member";

/** What stands before each backend: Cloud Armor, Cloud CDN, IAP; what is missing is named too. */
export function backends(document: TerraformDocument): string[] {
  return [...BACKEND_SERVICES, "google_compute_backend_bucket"]
    .flatMap((type) => document.ofType(type))
    .map((backend) => {
      const { name, security_policy: policy, edge_security_policy: edge, enable_cdn: cdn, iap } = backend.values;
      const armor = [policy, edge].filter((each) => each !== undefined).map((each) => nameOf(document, each));
      const guards = [
        armor.length > 0 ? `Cloud Armor ${armor.join(" and ")}` : "no Cloud Armor",
        cdn === true ? "Cloud CDN" : "no Cloud CDN",
        ...(blockOf(iap)?.enabled === true ? ["IAP"] : []),
      ];
      return `${name}: ${guards.join(", ")}`;
    });
}

/** Who may call a Cloud Run service, once its ingress has admitted the request. */
export function callers(document: TerraformDocument, service: Resource): string {
  if (service.values.invoker_iam_disabled === true) return "public";
  const members = document
    .ofType(INVOKER)
    .filter(({ values }) => document.target(values.name) === service)
    .map(({ values: { member } }) => {
      if (/@gcp-sa-iap\./.test(String(member))) return "IAP";
      return String(document.target(member)?.values.account_id ?? member);
    });
  return members.length > 0 ? `callers ${members.join(", ")}` : "callers set elsewhere";
}

function nameOf(document: TerraformDocument, value: unknown): string {
  return String(document.target(value)?.values.name ?? value);
}
