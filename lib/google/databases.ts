import { cryptoKey } from "./formats";
import { at, fulfilling, integer, length, matching, not, oneOf, set, unset } from "./limit";
import { atMostOne, exactlyOne, order, resourceType, when } from "./resource-type";
import { api, provider } from "./source";

const FIRESTORE = provider("google_firestore_database 7.45.0");
const SPANNER = provider("google_spanner_instance 7.45.0");
const SPANNER_DATABASE = provider("google_spanner_database 7.45.0");
const ENTERPRISE_ONLY = ["firestore_data_access_mode", "mongodb_compatible_data_access_mode", "realtime_updates_mode"];

const firestoreDatabase = resourceType("google_firestore_database", {
  group: "firestore",
  name: {
    format: matching(
      /^(\(default\)|(?![0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$)[a-z][a-z0-9-]{2,61}[a-z0-9])$/,
      '"(default)", or 4 to 63 lower-case letters, digits and hyphens, starting with a letter',
    ).fix("shorten or respell the name", FIRESTORE),
    uniqueIn: [],
  },
  replacedBy: ["name", "location_id", "database_edition", "cmek_config", "tags", ...ENTERPRISE_ONLY],
  defaults: { database_edition: "STANDARD" },
  limits: {
    type: oneOf("FIRESTORE_NATIVE", "DATASTORE_MODE").required().fix("use FIRESTORE_NATIVE or DATASTORE_MODE", FIRESTORE),
    "cmek_config.kms_key_name": cryptoKey.from(FIRESTORE),
  },
  together: [
    when({ database_edition: "ENTERPRISE" }, { type: "FIRESTORE_NATIVE" }, { id: "enterprise-type" }).fix("set type = FIRESTORE_NATIVE", FIRESTORE),
    ...ENTERPRISE_ONLY.map((name) => when({ [name]: set() }, { database_edition: "ENTERPRISE" }, { id: "enterprise-only" }).fix(`set database_edition = ENTERPRISE, or remove ${name}`, FIRESTORE)),
  ],
});

const CAPACITY = "num_nodes processing_units autoscaling_config";
const LIMITS = "autoscaling_config.autoscaling_limits";
const TARGETS = ["high_priority_cpu_utilization_percent", "storage_utilization_percent", "total_cpu_utilization_percent"];
const thousands = fulfilling("a multiple of 1000", (value) => Number(value) % 1000 === 0, { allowed: [1000, 2000], refused: [500, 1100] }).fix("give a multiple of 1000", SPANNER);
const free = { instance_type: "FREE_INSTANCE" };

const spannerInstance = resourceType("google_spanner_instance", {
  group: "spanner",
  name: {
    format: matching(/^[a-z][-a-z0-9]{0,62}[a-z0-9]$/, "2 to 64 lower-case letters, digits and hyphens, starting with a letter").fix(
      "shorten or respell the name",
      api("Cloud Spanner API v1")("Instance.name"),
    ),
    uniqueIn: [],
  },
  labels: "labels",
  replacedBy: ["name", "config"],
  keptWhenUnset: ["default_backup_schedule_type", "edition", "instance_type"],
  defaults: { instance_type: "PROVISIONED" },
  limits: {
    display_name: length(4, 30).required().fix("give 4 to 30 characters", SPANNER),
    ...at(LIMITS, { min_nodes: integer(1).fix("give at least 1 node", SPANNER), min_processing_units: thousands, max_processing_units: thousands }),
    ...at("autoscaling_config.autoscaling_targets", Object.fromEntries(TARGETS.map((name) => [name, integer(0, 100).fix("give a percentage", SPANNER)]))),
  },
  alternatives: [
    exactlyOne(CAPACITY, { id: "capacity", where: { instance_type: not("FREE_INSTANCE") } }).fix("keep one of num_nodes, processing_units and autoscaling_config", SPANNER),
    ...["min", "max"].map((end) => exactlyOne(`${end}_nodes ${end}_processing_units`, { in: LIMITS, id: "scaling-unit" }).fix("give nodes or processing units", SPANNER)),
    ...["min", "max"].map((end) => atMostOne(`${end}_nodes ${end === "min" ? "max" : "min"}_processing_units`, { in: LIMITS, id: "scaling-units" }).fix("give both limits in one unit", SPANNER)),
  ],
  together: [
    when(free, { edition: unset(), default_backup_schedule_type: not("AUTOMATIC") }, { id: "free", title: "a free instance must have no edition and no automatic backups" }).fix(
      "remove edition and default_backup_schedule_type",
      SPANNER,
    ),
  ],
  order: ["nodes", "processing_units"].map((unit) => order(`min_${unit}`, `max_${unit}`, { in: LIMITS, id: "scaling-order" }).why("There is no size between them.").fix(`raise max_${unit}`, SPANNER)),
});

const spannerDatabase = resourceType("google_spanner_database", {
  group: "spanner-database",
  name: {
    format: matching(/^[a-z][a-z0-9_-]*[a-z0-9]$/, "lower-case letters, digits, underscores and hyphens, starting with a letter").fix("respell the name", SPANNER_DATABASE),
    uniqueIn: ["instance"],
  },
  replacedBy: ["name", "instance", "database_dialect", "encryption_config"],
  keptWhenUnset: ["database_dialect", "version_retention_period", "default_time_zone"],
  limits: at("encryption_config", { kms_key_name: cryptoKey.from(SPANNER_DATABASE) }),
  alternatives: [exactlyOne("kms_key_name kms_key_names", { in: "encryption_config", id: "key" }).fix("keep one of them", provider("google_spanner_database 7.45.0", "validate"))],
});

export const databasesTypes = [firestoreDatabase, spannerInstance, spannerDatabase];
