import { kebab } from "./fact";
import { cryptoKey, topicId } from "./formats";
import { at, distinct, fulfilling, integer, items, type Limits, matching, not, oneOf, seconds, set, unset } from "./limit";
import { REGIONS } from "./regions";
import { EVERYTHING, notEmpty, resourceType, when } from "./resource-type";
import { api, provider, unconfirmed } from "./source";

const docs = provider("google_storage_bucket 7.45.0");
const validation = provider("google_storage_bucket 7.45.0", "validate");
const notificationValidation = provider("google_storage_notification 7.45.0", "validate");
const locations = unconfirmed("docs.cloud.google.com/storage/docs/locations");
const condition = (field: string) => api("Cloud Storage API v1")(`Bucket.lifecycle.rule.condition.${field}`);

/** How long deleted objects can be had back, unless it is switched off by 0. */
export const SOFT_DELETE_DAYS = { min: 7, max: 90 };

const CLASSES = ["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE", "MULTI_REGIONAL", "REGIONAL"];
const DATES = ["created_before", "custom_time_before", "noncurrent_time_before"];
const COUNTS = ["age", "days_since_custom_time", "days_since_noncurrent_time", "num_newer_versions"];
const REGIONS_OF = "custom_placement_config.data_locations";
const date = matching(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, "a date such as 2026-01-31").fix("write year-month-day", docs);
const bucket = matching(/^(?!gs:\/\/)[^/]+$/, "the name of a bucket")
  .fix("give the bucket's name without gs://")
  .refs({ google_storage_bucket: "name id" });

/** A number of days or versions. The provider leaves out 0, unless it is told to send it. */
const count = (name: string): Limits => ({
  [name]: [
    integer(0).fix("give a whole number", condition(name)),
    not(0)
      .named("zero")
      .when({ [`send_${name}_if_zero`]: false })
      .fix(`set send_${name}_if_zero = true`, docs)
      .why("The provider does not send 0 otherwise: the rule is rejected, or applies to more than it says."),
  ],
});

/** Multi-regions; the API does not tell cases apart. */
/** As Cloud Storage writes them. */
export const MULTI_REGIONS: readonly string[] = ["US", "EU", "ASIA"];
const MULTI = MULTI_REGIONS.map((name) => name.toLowerCase());
const KNOWN = new Set([...MULTI, "asia1", "eur4", "eur5", "eur7", "eur8", "nam4", ...REGIONS.map(({ name }) => name)]);
const lower = (value: unknown) => String(value).toLowerCase();
const isOneRegion = (value: unknown) => /-.*\d$/.test(lower(value));

/** Dual-regions (docs.cloud.google.com/storage/docs/locations, from general knowledge, 2026-11). */
const DUAL: Readonly<Record<string, readonly string[]>> = {
  asia1: ["asia-northeast1", "asia-northeast2"],
  eur4: ["europe-north1", "europe-west4"],
  eur5: ["europe-west1", "europe-west2"],
  eur7: ["europe-west2", "europe-west3"],
  eur8: ["europe-west3", "europe-west6"],
  nam4: ["us-central1", "us-east1"],
};
const CONTINENTS: Readonly<Record<string, string>> = { asia: "asia-", eu: "europe-", us: "us-" };

/**
 * Whether a region is in a location of Cloud Storage. London and Zurich count as part of EU, next to
 * which they are: objects are not stored there.
 */
export function isInLocation(region: string, location: string): boolean {
  const name = lower(location);
  return DUAL[name]?.includes(region) ?? (CONTINENTS[name] ? region.startsWith(CONTINENTS[name]) : region === name);
}

/** Whether the list of locations has it, in any case. */
export const isStorageLocation = (location: string) => KNOWN.has(lower(location));

/** Where the key of a bucket must be; undefined for a location that is not known. */
export function keyLocation(location: string): string | undefined {
  if (lower(location) === "eu") return "europe";
  return isStorageLocation(location) ? lower(location) : undefined;
}

const oneRegion = fulfilling("a region", isOneRegion, { allowed: ["europe-west1"] });
const severalRegions = fulfilling("a multi-region or dual-region", (value) => KNOWN.has(lower(value)) && !isOneRegion(value), { allowed: ["EU"] });
const multiRegion = fulfilling("a multi-region", (value) => MULTI.includes(lower(value)), { allowed: ["EU"] });
const legacy = (name: string, where: typeof oneRegion) =>
  not(name).named(kebab(name.toLowerCase())).when({ location: where }).fix("use STANDARD", unconfirmed("docs.cloud.google.com/storage/docs/storage-classes, legacy classes"));

const NOT_FOR_UPLOADS = [...COUNTS.slice(1), ...DATES, "matches_storage_class", "with_state"].map((name) => [`condition.${name}`, unset()]);

const softDeleteSeconds = integer(SOFT_DELETE_DAYS.min * 86400, SOFT_DELETE_DAYS.max * 86400)
  .or(0)
  .fix("give 0 to switch it off, else 7 to 90 days in seconds", docs);

const storageBucket = resourceType("google_storage_bucket", {
  group: "storage",
  holds: "objects",
  name: {
    format: matching(
      /^(?!goog)(?!.*google)(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)(?=[^.]{3,63}$|.{3,222}$)[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?)*$/,
      "3 to 63 lower-case letters, digits, hyphens, underscores and dots, starting and ending in a letter or digit, without google",
    ).fix("shorten or respell the name", unconfirmed("docs.cloud.google.com/storage/docs/buckets")),
    isGlobal: true,
  },
  labels: "labels",
  replacedBy: ["name", "location", REGIONS_OF, "hierarchical_namespace", "enable_object_retention"],
  keptWhenUnset: ["soft_delete_policy", "uniform_bucket_level_access", "versioning", "website", "rpo", "public_access_prevention"],
  defaults: { storage_class: "STANDARD" },
  limits: {
    location: fulfilling("a region, dual-region or multi-region of Cloud Storage", (value) => KNOWN.has(lower(value))).fix("correct the location, such as europe-west1, EUR4 or EU", locations),
    storage_class: [oneOf(...CLASSES, "RAPID").fix("use STANDARD, NEARLINE, COLDLINE or ARCHIVE", docs), legacy("REGIONAL", severalRegions), legacy("MULTI_REGIONAL", oneRegion)],
    uniform_bucket_level_access: oneOf(true).required().fix("set uniform_bucket_level_access = true", docs).opinion("Otherwise each object may have an ACL of its own, which no IAM policy shows."),
    public_access_prevention: oneOf("inherited", "enforced").fix('use "enforced" or "inherited"', docs),
    rpo: [
      oneOf("DEFAULT", "ASYNC_TURBO").fix("use DEFAULT or ASYNC_TURBO", docs),
      not("ASYNC_TURBO").named("turbo").when({ location: multiRegion, custom_placement_config: unset() }).fix("remove rpo, or use a dual-region", docs),
    ],
    lifecycle_rule: items(0, 100).fix("keep at most 100 rules", validation),
    "lifecycle_rule.action.type": oneOf("Delete", "SetStorageClass", "AbortIncompleteMultipartUpload").fix("use Delete, SetStorageClass or AbortIncompleteMultipartUpload", docs),
    "lifecycle_rule.action.storage_class": [
      oneOf(...CLASSES).fix("use NEARLINE, COLDLINE or ARCHIVE", docs),
      set().named("missing").when({ type: "SetStorageClass" }).fix("name the class to change to", docs),
      unset()
        .named("unused")
        .when({ type: ["Delete", "AbortIncompleteMultipartUpload"] })
        .fix("remove storage_class", docs)
        .advice("It has no effect on other actions."),
    ],
    "lifecycle_rule.condition": fulfilling("a block that sets something", setsSomething, { shape: true, allowed: [{ age: 1 }], refused: [{}, { matches_prefix: [] }] })
      .required()
      .fix("set age, num_newer_versions, matches_prefix or another condition", docs),
    ...at("lifecycle_rule.condition", {
      ...Object.assign({}, ...COUNTS.map(count)),
      ...Object.fromEntries(DATES.map((name) => [name, date])),
      with_state: oneOf("LIVE", "ARCHIVED", "ANY").fix("use LIVE, ARCHIVED or ANY", docs),
      "matches_storage_class[]": oneOf(...CLASSES, "DURABLE_REDUCED_AVAILABILITY", "RAPID").fix("use the name of a storage class", docs),
    }),
    "autoclass.terminal_storage_class": oneOf("NEARLINE", "ARCHIVE").fix("use NEARLINE or ARCHIVE", docs),
    "retention_policy.retention_period": integer(1, 3155759999).fix("give seconds, less than 100 years", docs),
    "retention_policy.is_locked": not(true).fix("remove is_locked, unless the law wants it", docs).advice("A lock cannot be undone: bucket and project stay until the last object is old enough."),
    "soft_delete_policy.retention_duration_seconds": softDeleteSeconds,
    "cors.method[]": oneOf("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "*")
      .fix("use upper-case HTTP methods", docs)
      .why("Cloud Storage accepts any text, but answers no other method: the entry has no effect."),
    "cors.origin[]": matching(/^(\*|[a-z][a-z0-9+.-]*:\/\/[^/]+)$/i, "*, or a scheme and host without path")
      .fix("write an origin such as https://example.com, without a slash at the end", docs)
      .why("Cloud Storage accepts any text, but browsers send origins without a path: another one never matches."),
    "cors.max_age_seconds": integer(0).fix("give seconds", docs),
    [REGIONS_OF]: distinct("item", lower).fix("name two different regions", locations),
    "logging.log_bucket": bucket.from(docs),
    "encryption.default_kms_key_name": cryptoKey.from(docs),
    "ip_filter.mode": oneOf("Enabled", "Disabled").fix("use Enabled or Disabled", validation),
    "ip_filter.allow_all_service_agent_access": set().when({ mode: "Enabled" }).fix("say whether service agents get in", docs),
    "website.main_page_suffix": matching(/^[^/]*$/, "the name of an object, without a slash").fix("give a name such as index.html", unconfirmed("docs.cloud.google.com/storage/docs/static-website")),
  },
  together: [
    ...notEmpty("website", validation),
    when({ location: oneRegion, rpo: ["DEFAULT", "ASYNC_TURBO"], custom_placement_config: unset() }, { rpo: unset() }, { id: "rpo-location" }).fix("remove rpo, or use a dual-region", docs),
    when({ [REGIONS_OF]: set(), storage_class: not("RAPID") }, { [REGIONS_OF]: items(2, 2) }, { id: "placement" }).fix("name exactly two regions", locations),
    when({ custom_placement_config: set(), storage_class: not("RAPID") }, { location: fulfilling("not a single region", (value) => !isOneRegion(value)) }, { id: "placement-location" }).fix(
      'set location = "US", "EU" or "ASIA"',
      locations,
    ),
    when({ "hierarchical_namespace.enabled": true }, { uniform_bucket_level_access: true, "versioning.enabled": false }, { id: "hierarchical" }).fix(
      "set uniform_bucket_level_access = true and remove versioning",
      unconfirmed("docs.cloud.google.com/storage/docs/hns-overview"),
    ),
    when({ "action.type": "AbortIncompleteMultipartUpload" }, Object.fromEntries(NOT_FOR_UPLOADS), {
      in: "lifecycle_rule",
      id: "lifecycle-uploads",
      title: "unfinished uploads must be matched by age, prefix and suffix only",
    }).fix("keep age, matches_prefix and matches_suffix", unconfirmed("docs.cloud.google.com/storage/docs/lifecycle")),
  ],
});

function setsSomething(block: unknown): boolean {
  return Object.values(Object([block].flat()[0])).some((value) => !["", "null"].includes(String(value)));
}

const storageNotification = resourceType("google_storage_notification", {
  group: "storage-notification",
  replacedBy: EVERYTHING,
  limits: {
    payload_format: oneOf("JSON_API_V1", "NONE").fix("use JSON_API_V1 or NONE", notificationValidation),
    "event_types[]": oneOf("OBJECT_FINALIZE", "OBJECT_METADATA_UPDATE", "OBJECT_DELETE", "OBJECT_ARCHIVE").fix("use a type such as OBJECT_FINALIZE", notificationValidation),
    topic: topicId.from(provider("google_storage_notification 7.45.0, upgrade guide to 7.0")).advice("Provider 6 accepts other forms, provider 7 refuses them."),
    bucket: bucket.from(provider("google_storage_notification 7.45.0")),
  },
});

const CACHE = provider("google_storage_anywhere_cache 7.45.0");

const anywhereCache = resourceType("google_storage_anywhere_cache", {
  group: "anywhere-cache",
  replacedBy: ["bucket", "zone"],
  limits: {
    bucket: bucket.required().from(CACHE),
    zone: matching(/^[a-z]+(-[a-z]+)+\d+-[a-z]+$/, "a zone, such as europe-west1-b")
      .required()
      .fix("name a zone", CACHE),
    ttl: seconds(1).fix('write whole seconds, such as "86400s"', CACHE),
    admission_policy: not("admit-on-second-miss").advice("Cloud Storage ignores it and admits on the first miss.").fix("remove admission_policy", CACHE),
  },
});

export const storageTypes = [storageBucket, storageNotification, anywhereCache];
