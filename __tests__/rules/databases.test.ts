import { changed, describeGroup, type Json, on, resourceAt } from "./rule-support";

const FIRESTORE = "google_firestore_database.jobs";
const INSTANCE = "google_spanner_instance.jobs";
const SCALED = "google_spanner_instance.scaled";
const LIMITS = "autoscaling_config.autoscaling_limits";

function valid(): Json {
  return {
    resource: {
      google_firestore_database: {
        jobs: {
          name: "jobs",
          location_id: "eur3",
          type: "FIRESTORE_NATIVE",
          delete_protection_state: "DELETE_PROTECTION_ENABLED",
        },
        search: {
          name: "(default)",
          location_id: "nam5",
          type: "FIRESTORE_NATIVE",
          database_edition: "ENTERPRISE",
          realtime_updates_mode: "REALTIME_UPDATES_MODE_ENABLED",
        },
      },
      google_spanner_instance: {
        jobs: {
          name: "job-states",
          config: "nam-eur-asia1",
          display_name: "Job states",
          num_nodes: 1,
          edition: "ENTERPRISE_PLUS",
        },
        scaled: {
          name: "job-states-scaled",
          config: "regional-europe-west1",
          display_name: "Scaled",
          autoscaling_config: {
            autoscaling_limits: { min_nodes: 1, max_nodes: 3 },
            autoscaling_targets: { high_priority_cpu_utilization_percent: 65, storage_utilization_percent: 80 },
          },
        },
        free: {
          name: "tryout",
          config: "regional-europe-west1",
          display_name: "Try it",
          instance_type: "FREE_INSTANCE",
        },
      },
      google_spanner_database: {
        jobs: {
          name: "jobs",
          instance: "${google_spanner_instance.jobs.name}",
          encryption_config: { kms_key_name: "projects/p/locations/l/keyRings/r/cryptoKeys/k" },
        },
      },
    },
  };
}

describeGroup("firestore", valid, [
  ...on(
    FIRESTORE,
    ["firestore-name", "name", "Jobs"],
    ["firestore-name", "name", "jobs/states"],
    ["firestore-enterprise-only", "firestore_data_access_mode", "DATA_ACCESS_MODE_ENABLED", "database_edition"],
  ),
  changed("firestore-enterprise-type", "google_firestore_database.search", (document) => {
    resourceAt(document, "google_firestore_database.search").type = "DATASTORE_MODE";
  }),
]);

describeGroup("spanner", valid, [
  ...on(
    INSTANCE,
    ["spanner-name", "name", "Jobs"],
    ["spanner-display-name", "display_name", "Job"],
    ["spanner-capacity", "num_nodes", undefined],
    ["spanner-capacity", "processing_units", 1000],
  ),
  ...on(
    SCALED,
    ["spanner-scaling-unit", `${LIMITS}.min_nodes`, undefined],
    ["spanner-scaling-order", `${LIMITS}.min_nodes`, 4],
  ),
  ...on(
    "google_spanner_instance.free",
    ["spanner-free", "edition", "STANDARD"],
    ["spanner-free", "default_backup_schedule_type", "AUTOMATIC"],
  ),
  changed("spanner-scaling-units", SCALED, (document) => {
    (resourceAt(document, SCALED).autoscaling_config as Json).autoscaling_limits = {
      min_nodes: 1,
      max_processing_units: 3000,
    };
  }),
]);
