import { isExpression } from "../../language/reference";
import { isBlock, type Resource } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { textOf } from "../../topology/value";
import { limit, matching } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import type { Report } from "../rule";
import { NAME_FORMATS, type NameFormat } from "./name-formats";
import { NAME_SPACES } from "./name-spaces";

const LABELS = "Secret Manager API v1, Secret.labels, and the same in other APIs, read 2026-11-22";

/** Letters without case, as in Chinese or Arabic, are allowed too. */
const LABEL_KEY = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u;
const LABEL_VALUE = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u;

/** Types whose `labels` are Google Cloud's labels; elsewhere the word means other things. */
const LABELLED =
  /^google_(compute|cloud_run_v2|storage_bucket|pubsub|secret_manager|artifact_registry|certificate_manager|dns_managed|bigquery|cloudfunctions2|kms|workflows|eventarc|redis|memorystore|filestore|alloydb|spanner|vertex_ai|notebooks|dataflow|composer|cloud_tasks|project$)/;
const USER_LABELLED =
  /^google_monitoring_(alert_policy|uptime_check_config|notification_channel|slo|service|custom_service)$/;

function nameRule({ kind, types, attribute, pattern, text, source, doubt }: NameFormat): Rule {
  const rule = limit(`name-${kind}`, types, attribute, matching(pattern, text), "shorten or respell the name", source, {
    ...(doubt !== undefined && {
      severity: "warning",
      why: `Google Cloud rejects it at apply. It is not sure: ${doubt}`,
    }),
  });
  return rule;
}

function labelsOf(resource: Resource): { attribute: string; labels: Readonly<Record<string, unknown>> } | undefined {
  const attribute = LABELLED.test(resource.type) ? "labels" : USER_LABELLED.test(resource.type) ? "user_labels" : "";
  const labels = attribute === "" ? undefined : resource.values[attribute];
  return isBlock(labels) ? { attribute, labels } : undefined;
}

/** A rule on the labels of all resources. */
function labelRule(
  id: string,
  title: string,
  fix: string,
  check: (resource: Resource, attribute: string, labels: Readonly<Record<string, unknown>>, report: Report) => void,
): Rule {
  return {
    id,
    title,
    severity: "error",
    why: "Google Cloud rejects the label at apply, half-way through the deploy.",
    fix,
    source: LABELS,
    check(topology, report) {
      for (const resource of topology.document.resources) {
        const found = resource.isData ? undefined : labelsOf(resource);
        if (found) check(resource, found.attribute, found.labels, report);
      }
    },
  };
}

/** The place of a resource: equal texts are equal places, whatever they stand for. */
function placeOf({ values }: Resource, place: readonly string[]): string {
  return [...place, "provider"].map((name) => JSON.stringify(values[name] ?? null)).join(" ");
}

function checkUnique(topology: Topology, report: Report): void {
  for (const { types, attribute, place } of NAME_SPACES) {
    const seen = new Map<string, Resource>();
    for (const type of types) {
      for (const resource of topology.document.ofType(type)) {
        const name = textOf(resource.values[attribute]);
        if (name === undefined || resource.values.count !== undefined || resource.values.for_each !== undefined)
          continue;
        const key = `${name} ${placeOf(resource, place)}`;
        const first = seen.get(key);
        if (first) report(resource, attribute, name, `the same as ${first.address}`);
        else seen.set(key, resource);
      }
    }
  }
}

/** Names and labels of all resource types. */
export const nameRules: readonly Rule[] = [
  ...NAME_FORMATS.map(nameRule),
  {
    id: "name-unique",
    title: "two resources of one type have different names in the same project and location",
    severity: "error",
    why: "Google Cloud rejects the second one with 409, after the first has been created.",
    fix: "give each a name of its own, for example by the name of the service or the path of the construct",
    source: "behaviour of the APIs' insert methods, read 2026-11-22",
    check: checkUnique,
  },
  {
    id: "name-or-prefix",
    title: "a resource has name or name_prefix, not both",
    severity: "error",
    why: "The provider rejects both together.",
    fix: "leave one of them out",
    source: "provider documentation of google_compute_instance_template 7.45.0",
    check(topology, report) {
      for (const type of ["ssl_certificate", "region_ssl_certificate"]) {
        for (const resource of topology.document.ofType(`google_compute_${type}`)) {
          const { name, name_prefix: prefix } = resource.values;
          if (name !== undefined && prefix !== undefined) report(resource, "name_prefix", prefix);
        }
      }
    },
  },
  labelRule(
    "label-key",
    "label keys are 1 to 63 lower-case letters, digits, hyphens and underscores, starting with a letter",
    "write the key in lower case",
    (resource, attribute, labels, report) => {
      for (const key of Object.keys(labels)) {
        if (key !== "//" && !isExpression(key) && !LABEL_KEY.test(key)) report(resource, attribute, key);
      }
    },
  ),
  labelRule(
    "label-value",
    "label values are at most 63 lower-case letters, digits, hyphens and underscores",
    "write the value in lower case, with - for other characters",
    (resource, attribute, labels, report) => {
      for (const [key, value] of Object.entries(labels)) {
        const text = typeof value === "number" ? String(value) : textOf(value);
        if (key !== "//" && text !== undefined && !LABEL_VALUE.test(text))
          report(resource, `${attribute}.${key}`, value);
      }
    },
  ),
  labelRule(
    "label-count",
    "a resource has at most 64 labels",
    "leave some labels out",
    (resource, attribute, labels, report) => {
      const count = Object.keys(labels).length;
      if (count > 64) report(resource, attribute, count);
    },
  ),
];
