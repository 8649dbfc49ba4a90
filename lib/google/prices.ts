import { findRegion } from "./regions";
import { measured, page, reported, type Source, unconfirmed } from "./source";

/** A list price in USD, without free tiers, committed use and other discounts. */
export interface Price {
  /** What is sold: `cloud-run/instance-cpu`. */
  readonly id: string;
  /** The region, or the price tier of Cloud Run (`tier1`); everywhere where there is none. */
  readonly where?: string;
  readonly usd: number;
  /** What the price is for: `vCPU-second`. */
  readonly unit: string;
  readonly source: Source;
}

/** 730 hours, as Google's price lists count a month. */
export const HOURS_PER_MONTH = 730;
export const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600;

const runPage = page("cloud.google.com/run/pricing", "2026-10-01");
const billing = measured("Cloud Billing API, us-central1", "2026-08");
const lbPage = page("cloud.google.com/load-balancing/pricing", "2026-09-20");
const cdnPage = page("cloud.google.com/cdn/pricing", "2026-09-20");
const networkPage = page("cloud.google.com/vpc/network-pricing", "2026-09-20");
const dnsPage = page("cloud.google.com/dns/pricing", "2026-09-20");
const storagePage = page("cloud.google.com/storage/pricing", "2026-09-20");
const natPage = reported("a transcription of Google's price page of Cloud NAT", "2026-10-16");
const skyPilot = reported("SkyPilot's catalogue of 2026, taken from the Cloud Billing API", "2026-11-28");
const transcribed = (what: string) => reported(`a transcription of Google's price page of ${what}`, "2026-10-01");

/** One line for each price. Iowa stands for all regions where a page shows no other. */
// biome-ignore format: one line for each price
export const PRICES: readonly Price[] = [
  // An instance that is billed as long as it runs.
  price("cloud-run/instance-cpu", "tier1", 1.8e-5, "vCPU-second", billing),
  price("cloud-run/instance-cpu", "tier2", 2.16e-5, "vCPU-second", runPage),
  price("cloud-run/instance-memory", "tier1", 2e-6, "GiB-second", billing),
  price("cloud-run/instance-memory", "tier2", 2.4e-6, "GiB-second", runPage),
  // An instance that is billed by request: while it serves, and while it waits as a minimum instance.
  price("cloud-run/request-cpu", "tier1", 2.4e-5, "vCPU-second", runPage),
  price("cloud-run/request-cpu", "tier2", 3.36e-5, "vCPU-second", runPage),
  price("cloud-run/request-memory", "tier1", 2.5e-6, "GiB-second", runPage),
  price("cloud-run/request-memory", "tier2", 3.5e-6, "GiB-second", runPage),
  price("cloud-run/idle-cpu", "tier1", 2.5e-6, "vCPU-second", runPage),
  price("cloud-run/idle-cpu", "tier2", 3.5e-6, "vCPU-second", runPage),
  price("cloud-run/idle-memory", "tier1", 2.5e-6, "GiB-second", runPage),
  price("cloud-run/idle-memory", "tier2", 3.5e-6, "GiB-second", runPage),
  price("cloud-run/requests", "", 0.4, "million requests", runPage),
  price("cloud-run/nvidia-l4", "tier1", 0.0001867, "GPU-second", billing),
  price("cloud-run/nvidia-l4-zonal-redundancy", "tier1", 0.0002909, "GPU-second", billing),
  price("cloud-run/nvidia-rtx-pro-6000", "tier1", 0.00036522, "GPU-second", transcribed("Cloud Run, tier 1")),
  price("cloud-run/nvidia-rtx-pro-6000-zonal-redundancy", "tier1", 0.00056913, "GPU-second", transcribed("Cloud Run, tier 1")),
  price("load-balancing/global-rules", "", 0.025, "hour for the first 5 rules", lbPage),
  price("load-balancing/more-global-rules", "", 0.01, "rule-hour", lbPage),
  price("load-balancing/data", "us-central1", 0.008, "GiB", lbPage),
  price("cdn/lookups", "", 0.0075, "10,000 lookups", cdnPage),
  price("network/egress-north-america", "", 0.12, "GiB, up to 1 TiB a month", networkPage),
  price("network/address-in-use", "", 0.005, "address-hour", natPage),
  price("nat/machine", "", 0.0014, "machine-hour, up to 32 machines", natPage),
  price("nat/data", "", 0.045, "GiB", natPage),
  price("cloud-armor/policy", "", 5, "policy-month", transcribed("Cloud Armor Standard")),
  price("cloud-armor/rule", "", 1, "rule-month", transcribed("Cloud Armor Standard")),
  price("cloud-armor/requests", "", 0.75, "million requests", transcribed("Cloud Armor Standard")),
  price("dns/zone", "", 0.000273973, "zone-hour, up to 25 zones", dnsPage),
  price("artifact-registry/storage", "", 0.1, "GiB-month", transcribed("Artifact Registry")),
  price("storage/standard", "us-central1", 0.02, "GiB-month", storagePage),
  price("disk/pd-balanced", "us-central1", 0.1, "GiB-month", reported("Google's pricing calculator", "2023-05-18")),
  price("disk/pd-ssd", "us-central1", 0.17, "GiB-month", reported("Google's pricing calculator", "2023-05-18")),
  ...g2("asia-east1", 0.16997, 0.64847),
  ...g2("asia-northeast1", 0.18851, 0.7192),
  ...g2("asia-northeast3", 0.18851, 0.7192),
  ...g2("asia-south1", 0.1528, 0.58298),
  ...g2("asia-southeast1", 0.1811, 0.69092),
  ...g2("europe-west1", 0.16163, 0.61666),
  ...g2("europe-west2", 0.16714, 0.63765),
  ...g2("europe-west3", 0.173, 0.66085),
  ...g2("europe-west4", 0.15429, 0.58804),
  ...g2("europe-west6", 0.19231, 0.78344),
  ...g2("me-central2", 0.23487, 0.89606),
  ...g2("northamerica-northeast1", 0.16163, 0.61666),
  ...g2("northamerica-northeast2", 0.16163, 0.61666),
  ...g2("us-central1", 0.14679, 0.56004),
  ...g2("us-east1", 0.14679, 0.56004),
  ...g2("us-east4", 0.14631, 0.55821),
  ...g2("us-west1", 0.14679, 0.56004),
  ...g2("us-west4", 0.16533, 0.63077),
];

function price(id: string, where: string, usd: number, unit: string, source: Source): Price {
  return { id, ...(where === "" ? {} : { where }), usd, unit, source };
}

/** G2 machines: 4 vCPUs with 16 GiB, of which larger ones have a multiple, and each GPU. */
function g2(region: string, fourCpus: number, gpu: number): Price[] {
  return [price("compute/g2", region, fourCpus / 4, "vCPU-hour with 4 GiB", skyPilot), price("compute/nvidia-l4", region, gpu, "GPU-hour", skyPilot)];
}

/**
 * What costs nothing by itself: the price lists of Compute Engine, networking, IAM and Cloud Run
 * have no line for it, as far as is known (general knowledge, 2026-11). Of Certificate Manager, the
 * first 100 certificates.
 */
export const FREE = new Set(
  `google_compute_global_address google_compute_target_http_proxy google_compute_target_https_proxy
  google_compute_target_tcp_proxy google_compute_target_ssl_proxy google_compute_target_grpc_proxy
  google_compute_region_target_http_proxy google_compute_region_target_https_proxy google_compute_region_target_tcp_proxy
  google_compute_url_map google_compute_region_url_map google_compute_backend_service google_compute_region_backend_service
  google_compute_backend_bucket google_compute_backend_service_signed_url_key google_compute_backend_bucket_signed_url_key
  google_compute_region_network_endpoint_group google_compute_network_endpoint_group
  google_compute_global_network_endpoint_group google_compute_network_endpoint google_compute_region_network_endpoint
  google_compute_global_network_endpoint google_certificate_manager_certificate
  google_certificate_manager_dns_authorization google_certificate_manager_certificate_map
  google_certificate_manager_certificate_map_entry google_certificate_manager_trust_config
  google_certificate_manager_certificate_issuance_config google_compute_managed_ssl_certificate
  google_network_security_backend_authentication_config google_compute_ssl_certificate google_compute_ssl_policy
  google_compute_region_ssl_certificate google_compute_region_ssl_policy google_dns_record_set
  google_compute_instance_template google_compute_region_instance_template google_compute_instance_group
  google_compute_autoscaler google_compute_region_autoscaler google_compute_resource_policy google_compute_health_check
  google_compute_region_health_check google_compute_http_health_check google_compute_https_health_check
  google_compute_network google_compute_subnetwork google_compute_firewall google_compute_router google_compute_route
  google_compute_network_peering google_binary_authorization_policy google_binary_authorization_attestor
  google_container_analysis_note docker_image docker_registry_image docker_tag google_secret_manager_secret
  google_secret_manager_regional_secret google_service_account google_service_account_key google_project_iam_custom_role
  google_organization_iam_custom_role google_project_service google_project_service_identity google_kms_key_ring google_billing_budget
  google_storage_notification google_pubsub_schema google_monitoring_notification_channel google_monitoring_slo
  google_monitoring_custom_service google_monitoring_service google_monitoring_dashboard google_logging_project_sink
  google_logging_folder_sink google_logging_organization_sink google_iam_workload_identity_pool`.split(/\s+/),
);

/** Own prices by id, or by id and place as `cloud-run/nvidia-l4@asia-southeast1`. */
export type PriceOverrides = Readonly<Record<string, number>>;

/** A price in a region, the most particular one; undefined where it is not known. */
export function findPrice(id: string, region: string | undefined, overrides: PriceOverrides = {}): Price | undefined {
  const tier = region === undefined ? undefined : findRegion(region)?.cloudRunTier;
  const places = [region, tier === undefined ? undefined : `tier${tier}`, undefined];
  for (const where of places) {
    const own = where === undefined ? overrides[id] : overrides[`${id}@${where}`];
    if (own !== undefined) return { id, where, usd: own, unit: UNITS.get(id) ?? "unit", source: unconfirmed("your own price list", "") };
  }
  for (const where of places) {
    const found = BY_KEY.get(`${id}@${where ?? ""}`);
    if (found) return found;
  }
  return undefined;
}

const BY_KEY = new Map(PRICES.map((each) => [`${each.id}@${each.where ?? ""}`, each]));
const UNITS = new Map(PRICES.map(({ id, unit }) => [id, unit]));

/** The ids of all prices. */
export const PRICE_IDS: readonly string[] = [...UNITS.keys()];
