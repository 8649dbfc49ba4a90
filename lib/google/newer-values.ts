const DISK = { "template.volumes.empty_dir.medium": "DISK" };
const SSL_POLICY = { min_tls_version: "TLS_1_3", profile: "FIPS_202205" };

/**
 * Values that the documentation of provider 7.45.0 lists and that of 6.50.0 does not, by resource
 * type and path (compared on 2026-11-28).
 */
export const newerValues: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  google_cloud_run_v2_job: { "template.template.volumes.empty_dir.medium": "DISK" },
  google_cloud_run_v2_service: DISK,
  google_cloud_run_v2_worker_pool: DISK,
  google_compute_backend_service: { "backend.balancing_mode": "IN_FLIGHT" },
  google_compute_image: { "guest_os_features.type": "SNP_SVSM_CAPABLE" },
  google_compute_network_endpoint_group: { network_endpoint_type: "GCE_VM_IP_DEDICATED_BACKEND" },
  google_compute_region_backend_service: { load_balancing_scheme: "INTERNAL_SELF_MANAGED", "backend.balancing_mode": "IN_FLIGHT" },
  google_compute_region_ssl_policy: SSL_POLICY,
  google_compute_ssl_policy: SSL_POLICY,
};
