import type { Json } from "./rule-support";

export const KEY = "projects/my-project/locations/europe-west1/keyRings/r/cryptoKeys/k";

/** A valid document that the rules on pipelines are tried on. */
export function pipelinesDocument(): Json {
  const agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com";
  const forever = { expiration_policy: { ttl: "" } };
  const work = "${google_pubsub_topic.work.id}";
  return {
    data: { google_project: { this: {} } },
    resource: {
      google_service_account: { caller: { account_id: "caller", display_name: "Calls the worker" } },
      google_cloud_run_v2_service: {
        worker: {
          name: "worker",
          location: "europe-west1",
          deletion_protection: false,
          ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
          template: {
            service_account: "worker@my-project.iam.gserviceaccount.com",
            timeout: "600s",
            max_instance_request_concurrency: 10,
            scaling: { min_instance_count: 0, max_instance_count: 3 },
            containers: [
              {
                image: `europe-docker.pkg.dev/my-project/models/worker@sha256:${"0123456789abcdef".repeat(4)}`,
                ports: { container_port: 8080 },
                resources: { limits: { cpu: "1", memory: "1Gi" }, cpu_idle: true },
              },
            ],
          },
        },
      },
      google_cloud_run_v2_service_iam_member: {
        caller: {
          name: "${google_cloud_run_v2_service.worker.name}",
          location: "europe-west1",
          role: "roles/run.invoker",
          member: "serviceAccount:${google_service_account.caller.email}",
        },
      },
      google_project_iam_member: {
        receiver: {
          project: "my-project",
          role: "roles/eventarc.eventReceiver",
          member: "${google_service_account.caller.member}",
        },
      },
      google_pubsub_topic: {
        work: {
          name: "work",
          message_retention_duration: "86400s",
          message_storage_policy: { allowed_persistence_regions: ["europe-west1"] },
          kms_key_name: KEY,
          schema_settings: { schema: "projects/my-project/schemas/work", encoding: "JSON" },
          message_transforms: [
            { javascript_udf: { function_name: "mark", code: "function mark(message, metadata) { return message; }" } },
          ],
        },
        dead: { name: "dead" },
      },
      google_pubsub_topic_iam_member: {
        dead: { topic: "${google_pubsub_topic.dead.id}", role: "roles/pubsub.publisher", member: agent },
      },
      google_pubsub_subscription_iam_member: {
        push: { subscription: "${google_pubsub_subscription.push.id}", role: "roles/pubsub.subscriber", member: agent },
      },
      google_pubsub_subscription: {
        push: {
          name: "push",
          topic: work,
          ack_deadline_seconds: 600,
          message_retention_duration: "604800s",
          ...forever,
          push_config: {
            push_endpoint: "${google_cloud_run_v2_service.worker.uri}/work",
            attributes: { "x-goog-version": "v1" },
            oidc_token: { service_account_email: "${google_service_account.caller.email}" },
          },
          retry_policy: { minimum_backoff: "10s", maximum_backoff: "600s" },
          dead_letter_policy: { dead_letter_topic: "${google_pubsub_topic.dead.id}", max_delivery_attempts: 5 },
          filter: 'attributes.kind = "image"',
        },
        pull: { name: "pull", topic: work, enable_exactly_once_delivery: true, ...forever },
        dead: { name: "dead", topic: "${google_pubsub_topic.dead.id}", ...forever },
        table: {
          name: "table",
          topic: work,
          ...forever,
          bigquery_config: { table: "my-project.logs.work", use_topic_schema: true, drop_unknown_fields: true },
        },
        files: {
          name: "files",
          topic: work,
          ack_deadline_seconds: 300,
          ...forever,
          cloud_storage_config: {
            bucket: "my-project-archive",
            filename_suffix: ".avro",
            max_duration: "300s",
            max_bytes: 1048576,
            max_messages: 1000,
            avro_config: { write_metadata: true },
          },
        },
      },
      google_cloud_scheduler_job: {
        call: {
          name: "call",
          region: "europe-west1",
          schedule: "*/5 8-18 * * MON-FRI",
          time_zone: "Europe/Berlin",
          attempt_deadline: "600s",
          retry_config: { retry_count: 3, min_backoff_duration: "5s", max_backoff_duration: "60s", max_doublings: 2 },
          http_target: {
            uri: "${google_cloud_run_v2_service.worker.uri}/tick",
            http_method: "POST",
            body: "e30=",
            headers: { "Content-Type": "application/json" },
            oidc_token: { service_account_email: "${google_service_account.caller.email}" },
          },
        },
        publish: {
          name: "publish",
          region: "europe-west1",
          schedule: "every 5 minutes",
          pubsub_target: { topic_name: work, data: "e30=" },
        },
      },
      google_cloud_tasks_queue: {
        work: {
          name: "work",
          location: "europe-west1",
          rate_limits: { max_dispatches_per_second: 10, max_concurrent_dispatches: 100 },
          retry_config: { max_attempts: 5, min_backoff: "1s", max_backoff: "60s", max_retry_duration: "600s" },
          stackdriver_logging_config: { sampling_ratio: 0.5 },
        },
      },
      google_storage_bucket: {
        uploads: {
          name: "my-project-uploads",
          location: "EUROPE-WEST1",
          uniform_bucket_level_access: true,
          public_access_prevention: "enforced",
        },
      },
      google_eventarc_trigger: {
        uploads: {
          name: "uploads",
          location: "europe-west1",
          service_account: "${google_service_account.caller.email}",
          matching_criteria: [
            { attribute: "type", value: "google.cloud.storage.object.v1.finalized" },
            { attribute: "bucket", value: "${google_storage_bucket.uploads.name}" },
          ],
          destination: {
            cloud_run_service: { service: "${google_cloud_run_v2_service.worker.name}", region: "europe-west1" },
          },
        },
      },
    },
  };
}
