import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import type { Finding, Rule } from "../../lib/rules/rule";
import { TerraformDocument } from "../../lib/topology/document";

/** Terraform JSON, before it is parsed. */
export interface Json {
  [key: string]: unknown;
}

/** A change to a valid document after which exactly one thing is wrong. */
export interface Mutation {
  /** The rule that has to notice. */
  readonly rule: string;
  /** The resource to blame. */
  readonly address: string;
  /** Dotted path within that resource and its new value; undefined takes the attribute away. */
  readonly set?: readonly [path: string, value: unknown];
  /** A change that is more than one attribute. */
  readonly change?: (document: Json) => void;
}

/** The findings of all rules on a document. */
export function findingsOf(json: Json): readonly Finding[] {
  return evaluate(TerraformDocument.parse(json), allRules).findings;
}

/**
 * The tests of a group of rules: the valid document gives no finding of any rule, each mutation is noticed by its rule, which
 * blames the right resource and names a fix, and every rule of the group has a mutation.
 */
export function describeRules(rules: readonly Rule[], valid: () => Json, mutations: readonly Mutation[]): void {
  test("a valid document gives no finding", () => {
    expect(findingsOf(valid())).toEqual([]);
  });

  test.each(mutations.map((mutation) => [title(mutation), mutation] as const))("fails %s", (_title, mutation) => {
    const document = valid();
    if (mutation.set) setAt(resourceAt(document, mutation.address), ...mutation.set);
    mutation.change?.(document);
    const findings = findingsOf(document).filter((finding) => finding.rule === mutation.rule);
    expect(findings.map((finding) => finding.address)).toContain(mutation.address);
    for (const finding of findings) {
      expect(finding.fix.length).toBeGreaterThan(5);
      expect(finding.source).toMatch(/\d/);
    }
  });

  test("every rule has a failing case", () => {
    const covered = new Set(mutations.map((mutation) => mutation.rule));
    expect(rules.map((rule) => rule.id).filter((id) => !covered.has(id))).toEqual([]);
  });
}

function title({ rule, set, address }: Mutation): string {
  return set ? `${rule}: ${address} ${set[0]} = ${JSON.stringify(set[1])?.slice(0, 80)}` : `${rule}: ${address}`;
}

/** Mutations of one attribute: each of the values is wrong. */
export function wrongValues(rule: string, address: string, path: string, ...values: readonly unknown[]): Mutation[] {
  return values.map((value) => ({ rule, address, set: [path, value] }));
}

/** The body of a resource, to be changed in place. */
export function resourceAt(document: Json, address: string): Json {
  const [type = "", name = ""] = address.split(".");
  const body = ((document.resource as Json)[type] as Json | undefined)?.[name];
  if (body === undefined) throw new Error(`no ${address} in the document`);
  return body as Json;
}

function setAt(body: Json, path: string, value: unknown): void {
  const segments = path.split(".");
  const last = segments.pop()!;
  let block: Json = body;
  for (const segment of segments) {
    block[segment] ??= {};
    block = block[segment] as Json;
  }
  if (value === undefined) delete block[last];
  else block[last] = value;
}

/** A change that adds resources, by address. */
export function adding(resources: Readonly<Record<string, Json>>): (document: Json) => void {
  return (document) => {
    for (const [address, body] of Object.entries(resources)) {
      const [type = "", name = ""] = address.split(".");
      const all = document.resource as Record<string, Json>;
      all[type] = { ...all[type], [name]: body };
    }
  };
}

/** Mutations of one resource, each of one attribute. */
export function on(
  address: string,
  ...cases: readonly (readonly [rule: string, path: string, value: unknown])[]
): Mutation[] {
  return cases.map(([rule, path, value]) => ({ rule, address, set: [path, value] }));
}

/** A mutation that is more than one attribute. */
export function changed(rule: string, address: string, change: (document: Json) => void): Mutation {
  return { rule, address, change };
}

/** The rules that find something, each once. */
export function ids(document: Json): string[] {
  return [...new Set(findingsOf(document).map(({ rule }) => rule))];
}
