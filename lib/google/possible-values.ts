/**
 * The values that the documentation of hashicorp/google 6.50.0 lists for an attribute, by resource type and path. Written by
 * `npm run facts` from the installed bindings; what they have wrong is corrected in the tables.
 */
export const possibleValues: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  google_cloud_run_v2_job: {
    launch_stage: "UNIMPLEMENTED PRELAUNCH EARLY_ACCESS ALPHA BETA GA DEPRECATED",
    "template.template.execution_environment": "EXECUTION_ENVIRONMENT_GEN1 EXECUTION_ENVIRONMENT_GEN2",
    "template.template.volumes.empty_dir.medium": "MEMORY",
    "template.template.vpc_access.egress": "ALL_TRAFFIC PRIVATE_RANGES_ONLY",
  },
  google_cloud_run_v2_service: {
    ingress: "INGRESS_TRAFFIC_ALL INGRESS_TRAFFIC_INTERNAL_ONLY INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    launch_stage: "UNIMPLEMENTED PRELAUNCH EARLY_ACCESS ALPHA BETA GA DEPRECATED",
    "scaling.scaling_mode": "AUTOMATIC MANUAL",
    "template.execution_environment": "EXECUTION_ENVIRONMENT_GEN1 EXECUTION_ENVIRONMENT_GEN2",
    "template.volumes.empty_dir.medium": "MEMORY",
    "template.vpc_access.egress": "ALL_TRAFFIC PRIVATE_RANGES_ONLY",
    "traffic.type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION",
  },
  google_cloud_run_v2_worker_pool: {
    launch_stage: "UNIMPLEMENTED PRELAUNCH EARLY_ACCESS ALPHA BETA GA DEPRECATED",
    "instance_splits.type": "INSTANCE_SPLIT_ALLOCATION_TYPE_LATEST INSTANCE_SPLIT_ALLOCATION_TYPE_REVISION",
    "scaling.scaling_mode": "AUTOMATIC MANUAL",
    "template.encryption_key_revocation_action": "PREVENT_NEW SHUTDOWN",
    "template.volumes.empty_dir.medium": "MEMORY",
    "template.vpc_access.egress": "ALL_TRAFFIC PRIVATE_RANGES_ONLY",
  },
  google_pubsub_schema: {
    type: "TYPE_UNSPECIFIED PROTOCOL_BUFFER AVRO",
  },
  google_pubsub_topic: {
    "ingestion_data_source_settings.platform_logs_settings.severity": "SEVERITY_UNSPECIFIED DISABLED DEBUG INFO WARNING ERROR",
    "schema_settings.encoding": "ENCODING_UNSPECIFIED JSON BINARY",
  },
};
