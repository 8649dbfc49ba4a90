/**
 * The values that the documentation of hashicorp/google 6.50.0 lists for an attribute, by resource type and path. Written by
 * `npm run facts` from the installed bindings; what they have wrong is corrected in the tables.
 */
export const possibleValues: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  google_compute_image: {
    "guest_os_features.type":
      "MULTI_IP_SUBNET SECURE_BOOT SEV_CAPABLE UEFI_COMPATIBLE VIRTIO_SCSI_MULTIQUEUE WINDOWS GVNIC IDPF SEV_LIVE_MIGRATABLE SEV_SNP_CAPABLE SUSPEND_RESUME_COMPATIBLE TDX_CAPABLE SEV_LIVE_MIGRATABLE_V2",
    "raw_disk.container_type": "TAR",
  },
  google_compute_network_peering: {
    stack_type: "IPV4_ONLY IPV4_IPV6",
  },
  google_compute_region_disk: {
    "guest_os_features.type": "MULTI_IP_SUBNET SECURE_BOOT SEV_CAPABLE UEFI_COMPATIBLE VIRTIO_SCSI_MULTIQUEUE WINDOWS GVNIC SEV_LIVE_MIGRATABLE SEV_SNP_CAPABLE SUSPEND_RESUME_COMPATIBLE TDX_CAPABLE",
  },
  google_compute_resource_policy: {
    "group_placement_policy.collocation": "COLLOCATED",
    "snapshot_schedule_policy.retention_policy.on_source_disk_delete": "KEEP_AUTO_SNAPSHOTS APPLY_RETENTION_POLICY",
    "snapshot_schedule_policy.schedule.weekly_schedule.day_of_weeks.day": "MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY",
    "workload_policy.max_topology_distance": "BLOCK CLUSTER SUBBLOCK",
    "workload_policy.type": "HIGH_AVAILABILITY HIGH_THROUGHPUT",
  },
  google_pubsub_schema: {
    type: "TYPE_UNSPECIFIED PROTOCOL_BUFFER AVRO",
  },
  google_pubsub_topic: {
    "ingestion_data_source_settings.platform_logs_settings.severity": "SEVERITY_UNSPECIFIED DISABLED DEBUG INFO WARNING ERROR",
    "schema_settings.encoding": "ENCODING_UNSPECIFIED JSON BINARY",
  },
  google_workflows_workflow: {
    call_log_level: "CALL_LOG_LEVEL_UNSPECIFIED LOG_ALL_CALLS LOG_ERRORS_ONLY LOG_NONE",
    execution_history_level: "EXECUTION_HISTORY_LEVEL_UNSPECIFIED EXECUTION_HISTORY_BASIC EXECUTION_HISTORY_DETAILED",
  },
};
