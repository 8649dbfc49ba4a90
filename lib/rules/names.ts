import { allTypes, factsOf } from "../google/all-types";
import { api } from "../google/source";
import { isExpression } from "../language/reference";
import { type Block, isBlock, type Resource } from "../topology/document";
import type { Topology } from "../topology/topology";
import { booleanOf, textOf } from "../topology/value";
import { type Blame, type Rule, rule, type Subject } from "./rule";

/** Letters without case, as in Chinese or Arabic, are allowed too. */
const LABEL_KEY = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u;
const LABEL_VALUE = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u;

/**
 * Types without a table whose `labels` are Google Cloud's labels; elsewhere the word means other
 * things.
 */
const LABELLED =
  /^google_(compute|cloud_run_v2|storage_bucket|pubsub|secret_manager|artifact_registry|certificate_manager|dns_managed|bigquery|cloudfunctions2|kms|workflows|eventarc|redis|memorystore|filestore|alloydb|spanner|vertex_ai|notebooks|dataflow|composer|cloud_tasks|project$)/;

/** Types that take their names from one space are one kind: that of the first in the tables. */
function kindOf(type: string): string {
  return allTypes.find((each) => each.type === type || each.name?.sharedWith?.includes(type))!.type;
}

/** Resources whose name another one of the document already has, in the same place. */
function* namesakes({ document }: Topology): Generator<Subject & { attribute: string; name: string; first: Resource }> {
  const seen = new Map<string, Resource>();
  for (const { type, name: facts } of allTypes) {
    const resources = document.ofType(type);
    const { attribute = "name", uniqueIn, isGlobal } = facts ?? {};
    if (resources.length === 0 || !(uniqueIn || isGlobal)) continue;
    const kind = kindOf(type);
    for (const resource of resources) {
      const { values } = resource;
      const name = textOf(values[attribute]);
      if (name === undefined || name === "" || values.count !== undefined || values.for_each !== undefined) continue;
      // Such a service account takes over the one that is there.
      if (booleanOf(values.create_ignore_already_exists) === true) continue;
      const provider = document.providerOf(resource);
      const project = document.projectOf(resource) ?? [values.project ?? null, values.provider ?? null];
      const at = (uniqueIn ?? []).map((place) => values[place] ?? provider?.[place] ?? null);
      const key = JSON.stringify([kind, name, isGlobal ? null : project, ...at]);
      const first = seen.get(key);
      if (first) yield { resource, attribute, name, first };
      else seen.set(key, resource);
    }
  }
}

/** Resources with the attribute that holds their labels. */
function readLabels({ document }: Topology): readonly (Subject & { at: string; labels: Block })[] {
  return document.resources.flatMap((resource) => {
    const { type, isData, values } = resource;
    const at = factsOf(type)?.labels ?? (LABELLED.test(type) ? "labels" : "");
    const labels = values[at];
    return isBlock(labels) && !isData ? [{ resource, at, labels }] : [];
  });
}

function labelRule(id: string, title: string, fix: string, judge: (labels: Block, blame: Blame) => void): Rule {
  return rule(id, (topology) => topology.once(readLabels), {
    title,
    why: "Google Cloud rejects the label at apply, half-way through the deploy.",
    fix,
    source: api("Secret Manager API v1")("Secret.labels, and the same in other APIs"),
    judge: ({ labels }, blame) => judge(labels, blame),
  });
}

/** Names and labels of all types that have a table; the formats of names are rows of the tables. */
export const nameRules: readonly Rule[] = [
  rule("name-unique", namesakes, {
    title: "two resources must not have the same name in the same project and location",
    why: "Google Cloud rejects the second one with 409, after the first has been created.",
    fix: "give each a name of its own, for example by the name of the service or the path of the construct",
    source: api("Google APIs")("insert methods, 409 ALREADY_EXISTS"),
    judge: ({ attribute, name, first }, blame) => blame(attribute, name, `the same as ${first.address}`),
  }),
  labelRule(
    "label-key",
    "label keys must be 1 to 63 lower-case letters, digits, hyphens and underscores, starting with a letter",
    "write the key in lower case",
    (labels, blame) => {
      for (const key of Object.keys(labels))
        if (key !== "//" && !isExpression(key) && !LABEL_KEY.test(key)) blame("", key);
    },
  ),
  labelRule(
    "label-value",
    "label values must be at most 63 lower-case letters, digits, hyphens and underscores",
    "write the value in lower case, with - for other characters",
    (labels, blame) => {
      for (const [key, value] of Object.entries(labels)) {
        const text = typeof value === "number" ? String(value) : textOf(value);
        if (key !== "//" && text !== undefined && !LABEL_VALUE.test(text)) blame(key, value);
      }
    },
  ),
  labelRule("label-count", "a resource must have at most 64 labels", "remove some labels", (labels, blame) => {
    const count = Object.keys(labels).length;
    if (count > 64) blame("", count);
  }),
];
