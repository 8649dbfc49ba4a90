import type { Json } from "./rule-support";

/** A valid document that the rules on storage are tried on. */
export function storageDocument(): Json {
  const agent = "serviceAccount:${data.google_storage_project_service_account.agent.email_address}";
  return {
    data: { google_storage_project_service_account: { agent: {} } },
    resource: {
      google_kms_key_ring: { eu: { name: "models", location: "europe-west4" } },
      google_kms_crypto_key: {
        models: {
          name: "models",
          key_ring: "${google_kms_key_ring.eu.id}",
          rotation_period: "7776000s",
          lifecycle: { prevent_destroy: true },
        },
      },
      google_kms_crypto_key_iam_member: {
        storage: {
          crypto_key_id: "${google_kms_crypto_key.models.id}",
          role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
          member: agent,
        },
      },
      google_storage_bucket: {
        models: {
          name: "my-project-models",
          location: "EUROPE-WEST4",
          storage_class: "STANDARD",
          uniform_bucket_level_access: true,
          public_access_prevention: "enforced",
          versioning: { enabled: true },
          lifecycle_rule: [
            { action: { type: "Delete" }, condition: { num_newer_versions: 3, with_state: "ARCHIVED" } },
            {
              action: { type: "SetStorageClass", storage_class: "NEARLINE" },
              condition: { age: 30, matches_storage_class: ["STANDARD"], created_before: "2027-01-31" },
            },
            { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
          ],
          soft_delete_policy: { retention_duration_seconds: 604800 },
          retention_policy: { retention_period: "86400" },
          cors: [{ origin: ["https://example.com"], method: ["GET"], max_age_seconds: 3600 }],
          encryption: { default_kms_key_name: "${google_kms_crypto_key.models.id}" },
          logging: { log_bucket: "${google_storage_bucket.logs.name}" },
          website: { main_page_suffix: "index.html" },
          depends_on: ["google_kms_crypto_key_iam_member.storage"],
        },
        logs: {
          name: "my-project-logs",
          location: "EU",
          uniform_bucket_level_access: true,
          public_access_prevention: "enforced",
          rpo: "DEFAULT",
          custom_placement_config: { data_locations: ["EUROPE-WEST1", "EUROPE-WEST4"] },
        },
      },
      google_storage_bucket_iam_member: {
        reader: {
          bucket: "${google_storage_bucket.models.name}",
          role: "roles/storage.objectViewer",
          member: "group:readers@example.com",
        },
      },
      google_storage_anywhere_cache: {
        models: { bucket: "${google_storage_bucket.models.name}", zone: "europe-west4-a", ttl: "86400s" },
      },
      google_pubsub_topic: { uploads: { name: "uploads" } },
      google_pubsub_topic_iam_member: {
        storage: { topic: "${google_pubsub_topic.uploads.id}", role: "roles/pubsub.publisher", member: agent },
      },
      google_storage_notification: {
        uploads: {
          bucket: "${google_storage_bucket.models.name}",
          topic: "${google_pubsub_topic.uploads.id}",
          payload_format: "JSON_API_V1",
          event_types: ["OBJECT_FINALIZE"],
          depends_on: ["google_pubsub_topic_iam_member.storage"],
        },
      },
    },
  };
}
