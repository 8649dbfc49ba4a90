/**
 * The values that the documentation of hashicorp/google 6.50.0 lists for an attribute, by resource type and path. Written by
 * `npm run facts` from the installed bindings; what they have wrong is corrected in the tables.
 */
export const possibleValues: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  google_artifact_registry_repository: {
    mode: "STANDARD_REPOSITORY VIRTUAL_REPOSITORY REMOTE_REPOSITORY",
    "cleanup_policies.action": "DELETE KEEP",
    "cleanup_policies.condition.tag_state": "TAGGED UNTAGGED ANY",
    "maven_config.version_policy": "VERSION_POLICY_UNSPECIFIED RELEASE SNAPSHOT",
    "remote_repository_config.apt_repository.public_repository.repository_base": "DEBIAN UBUNTU DEBIAN_SNAPSHOT",
    "remote_repository_config.docker_repository.public_repository": "DOCKER_HUB",
    "remote_repository_config.maven_repository.public_repository": "MAVEN_CENTRAL",
    "remote_repository_config.npm_repository.public_repository": "NPMJS",
    "remote_repository_config.python_repository.public_repository": "PYPI",
    "remote_repository_config.yum_repository.public_repository.repository_base": "CENTOS CENTOS_DEBUG CENTOS_VAULT CENTOS_STREAM ROCKY EPEL",
    "vulnerability_scanning_config.enablement_config": "INHERITED DISABLED",
  },
  google_binary_authorization_policy: {
    global_policy_evaluation_mode: "ENABLE DISABLE",
    "cluster_admission_rules.enforcement_mode": "ENFORCED_BLOCK_AND_AUDIT_LOG DRYRUN_AUDIT_LOG_ONLY",
    "cluster_admission_rules.evaluation_mode": "ALWAYS_ALLOW REQUIRE_ATTESTATION ALWAYS_DENY",
    "default_admission_rule.enforcement_mode": "ENFORCED_BLOCK_AND_AUDIT_LOG DRYRUN_AUDIT_LOG_ONLY",
    "default_admission_rule.evaluation_mode": "ALWAYS_ALLOW REQUIRE_ATTESTATION ALWAYS_DENY",
  },
  google_pubsub_schema: {
    type: "TYPE_UNSPECIFIED PROTOCOL_BUFFER AVRO",
  },
  google_pubsub_topic: {
    "ingestion_data_source_settings.platform_logs_settings.severity": "SEVERITY_UNSPECIFIED DISABLED DEBUG INFO WARNING ERROR",
    "schema_settings.encoding": "ENCODING_UNSPECIFIED JSON BINARY",
  },
};
