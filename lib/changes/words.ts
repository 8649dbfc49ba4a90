import { factsOf } from "../google/all-types";
import { isExpression, soleReference } from "../language/reference";
import { looksSecret } from "../language/secret-text";
import { type Block, isBlock, type Resource, type TerraformDocument } from "../topology/document";
import { groupBy } from "../topology/group-by";
import { textOf } from "../topology/value";
import type { Changes } from "./compare";
import type { Remark } from "./remarks";
import { type Difference, labelOf, type ResourceChange, withoutIndices } from "./resource-changes";

/** How many are named before the rest is counted. */
const MOST = 3;
const KINDS = ["added", "changed", "replaced", "removed", "forgotten"] as const;
const VERBS = {
  added: "added",
  changed: "changed in place",
  replaced: "replaced",
  removed: "removed",
  forgotten: "no longer managed",
};
/** Values that no report may show. */
const CONFIDENTIAL = /secret|password|token|private_key/;

/** What a deploy does, for a reader of a pull request: a line for each change, dangers last. */
export function inWords({ changes, remarks, documents }: Changes): string[] {
  if (changes.length === 0 && remarks.length === 0) return ["nothing changes"];
  const counts = KINDS.flatMap((kind) => {
    const number = changes.filter((each) => each.kind === kind).length;
    return number === 0 ? [] : [`${number} ${VERBS[kind]}`];
  });
  return [
    counts.join(", ") || "no resource changes",
    ...KINDS.flatMap((kind) =>
      listed(
        changes.filter((change) => change.kind === kind),
        documents,
      ),
    ),
    ...(["danger", "note"] as const).flatMap((level) => remarked(remarks.filter((remark) => remark.level === level))),
  ];
}

type Documents = readonly [TerraformDocument, TerraformDocument];

/** Few resources one by one, many to which the same happens in one line. */
function listed(changes: readonly ResourceChange[], documents: Documents): string[] {
  const alike = ({ resource, differences }: ResourceChange) =>
    [resource.type, ...new Set(differences.map(({ path }) => withoutIndices(path)))].join(" ");
  return [...groupBy(changes, alike).values()].flatMap((same) => {
    const lines = same.map((change) => detail(change, documents));
    const line = (names: string, text: string) => `${same[0]!.kind.padEnd(9)} ${names}${text}`;
    if (same.length <= MOST)
      return same.map(({ resource }, index) => line(`${labelOf(resource)} (${resource.type})`, lines[index]!));
    const text = new Set(lines).size === 1 ? lines[0]! : paths(same[0]!);
    return [
      line(`${same.length} ${same[0]!.resource.type}: ${some(same.map(({ resource }) => labelOf(resource)))}`, text),
    ];
  });
}

function detail({ kind, resource, differences, because, createdFirst }: ResourceChange, documents: Documents): string {
  if (kind === "replaced") {
    const forcing = differences.filter(({ path }) => because.includes(path));
    const others = because.filter((each) => !forcing.some(({ path }) => path === each));
    const why = [...forcing.map((each) => inTwo(resource, each, documents)), ...others];
    return `: ${some(why)}; ${createdFirst ? "the new one is created first" : "the old one is destroyed first"}`;
  }
  if (kind !== "changed") return "";
  const isKnown = factsOf(resource.type) !== undefined;
  return `: ${some(differences.map((each) => inTwo(resource, each, documents)))}${isKnown ? "" : " (or replaced: not known)"}`;
}

function paths({ differences }: ResourceChange): string {
  const names = [...new Set(differences.map(({ path }) => withoutIndices(path)))];
  return names.length === 0 ? "" : `: ${some(names)}`;
}

/** An attribute before and after. */
function inTwo(resource: Resource, { path, from, to }: Difference, [before, after]: Documents): string {
  const name = withoutIndices(path);
  if (CONFIDENTIAL.test(path) || [from, to].some((value) => isSecret(resource, path, value)))
    return `${name} (not shown)`;
  const [was, is] = [shown(from, before), shown(to, after)];
  if (from === undefined || from === null) return `${name} set to ${is}`;
  if (to === undefined || to === null) return `${name} unset, was ${was}`;
  return was === is ? name : `${name} ${was} → ${is}`;
}

/** Whether a value looks like a secret, also by the name beside it, as environment variables have it. */
function isSecret({ values }: Resource, path: string, value: unknown): boolean {
  if (typeof value !== "string" || isExpression(value)) return false;
  const beside = path
    .split(".")
    .slice(0, -1)
    .reduce<unknown>((each, key) => (each as Block | undefined)?.[key], values) as Block | undefined;
  return looksSecret(textOf(beside?.name) ?? "", value);
}

function shown(value: unknown, document: TerraformDocument): string {
  const reference = soleReference(value);
  const target = reference && document.at(reference.address);
  if (target) return labelOf(target);
  if (Array.isArray(value)) {
    const noun = value.some(isBlock) ? "block" : "item";
    return `${value.length} ${noun}${value.length === 1 ? "" : "s"}`;
  }
  if (isBlock(value)) return "a block";
  const text = JSON.stringify(value) ?? "";
  return text.length > 60 ? `${text.slice(0, 36)}…${text.slice(-16)}` : text;
}

/** One line for all resources of which the same is said, and how to do it safely. */
function remarked(remarks: readonly Remark[]): string[] {
  return [...groupBy(remarks, ({ id, what }) => `${id} ${what}`).values()].flatMap((same) => {
    const [{ level, id, what, safely } = same[0]!] = same;
    const names = same.flatMap(({ resource }) => (resource ? [labelOf(resource)] : []));
    return [`${level} ${id}: ${[some(names), what].filter(Boolean).join(": ")}`, `  safely: ${safely}`];
  });
}

function some(texts: readonly string[]): string {
  const rest = texts.length - MOST;
  return rest > 0 ? `${texts.slice(0, MOST).join(", ")} and ${rest} more` : texts.join(", ");
}
