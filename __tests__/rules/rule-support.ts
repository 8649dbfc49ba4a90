import { allTypes } from "../../lib/google/all-types";
import { Limit } from "../../lib/google/limit";
import { Alternatives } from "../../lib/google/resource-type";
import { allRules, ruleFacts } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import type { Finding } from "../../lib/rules/rule";
import { rowsOf, ruleOf } from "../../lib/rules/tables";
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
  /** The attribute to blame, without indexes. @default the path that is set */
  readonly at?: string;
  /** Further rules that rightly notice, because the change breaks something else, too. */
  readonly also?: readonly string[];
}

/** The findings of all rules on a document. */
export function findingsOf(json: Json): readonly Finding[] {
  return evaluate(TerraformDocument.parse(json), allRules).findings;
}

/**
 * The tests of a group of rules, rows of tables included: the valid document gives no finding of
 * any rule, each mutation is noticed by its rule and by no other, which blames the right attribute
 * of the right resource, and every rule that the bounds of its row do not test has a mutation.
 *
 * @param warnings Ids of the group's rules that are only warnings.
 * @param elsewhere Ids with the group's prefix that another test has the cases of.
 */
export function describeGroup(
  group: string,
  valid: () => Json,
  mutations: readonly Mutation[],
  warnings: readonly string[] = [],
  elsewhere: readonly string[] = [],
): void {
  describe(group, () => {
    const facts = ruleFacts().filter(({ id }) => id.startsWith(`${group}-`) && !elsewhere.includes(id));

    test("a valid document gives no finding", () => {
      expect(findingsOf(valid())).toEqual([]);
    });

    test.each(mutations.map((mutation) => [title(mutation), mutation] as const))("fails %s", (_title, mutation) => {
      const document = valid();
      if (mutation.set) setAt(resourceAt(document, mutation.address), ...mutation.set);
      mutation.change?.(document);
      const findings = findingsOf(document);
      const also = new Set(mutation.also);
      expect([...new Set(findings.map(({ rule }) => rule))].filter((id) => !also.has(id))).toEqual([mutation.rule]);
      const own = findings.filter(({ rule }) => rule === mutation.rule);
      expect(own.map(({ address }) => address)).toContain(mutation.address);
      const at = mutation.at ?? mutation.set?.[0];
      if (at !== undefined) expect(own.map(({ attribute }) => plain(attribute))).toContain(plain(at));
    });

    test("every rule has a failing case", () => {
      const covered = new Set(mutations.map(({ rule }) => rule));
      expect(facts.map(({ id }) => id).filter((id) => !covered.has(id) && !BOUNDED.has(id))).toEqual([]);
    });

    test("what is only a warning", () => {
      const ids = facts.filter(({ severity }) => severity === "warning").map(({ id }) => id);
      expect([...new Set(ids)].sort()).toEqual([...warnings].sort());
    });
  });
}

/** The key of rows on blocks that must not be empty. */
export const EMPTY_BLOCK = "empty-block";

/** Rows whose two sides the tables' own test tries. */
const BOUNDED = new Set(
  allTypes.flatMap((type) =>
    rowsOf(type).flatMap((row) =>
      row instanceof Alternatives ||
      row.key === EMPTY_BLOCK ||
      (row instanceof Limit && ((row.options.refused?.length ?? 0) > 0 || Object.keys(row.references).length > 0))
        ? [ruleOf(type.group, row).id]
        : [],
    ),
  ),
);

function plain(attribute: string): string {
  return attribute.replace(/\.\d+(?=\.|$)/g, "");
}

function title({ rule, set, address }: Mutation): string {
  return set ? `${rule}: ${address} ${set[0]} = ${JSON.stringify(set[1])?.slice(0, 80)}` : `${rule}: ${address}`;
}

/** What else a test may say of a mutation. */
export type More = Pick<Mutation, "at" | "also">;

/** A mutation of one attribute. */
export function wrong(address: string, rule: string, path: string, value: unknown, more: More = {}): Mutation {
  return { rule, address, set: [path, value], ...more };
}

/** Mutations of one attribute: each of the values is wrong. */
export function wrongValues(rule: string, address: string, path: string, ...values: readonly unknown[]): Mutation[] {
  return values.map((value) => wrong(address, rule, path, value));
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

/** Mutations of one resource, each of one attribute. The blame is there, unless another attribute is given. */
export function on(
  address: string,
  ...cases: readonly (readonly [rule: string, path: string, value: unknown, at?: string])[]
): Mutation[] {
  return cases.map(([rule, path, value, at]) => wrong(address, rule, path, value, { at }));
}

/** A mutation that is more than one attribute. */
export function changed(rule: string, address: string, change: (document: Json) => void, more: More = {}): Mutation {
  return { rule, address, change, ...more };
}

/** The rules that find something, each once. */
export function ids(document: Json): string[] {
  return [...new Set(findingsOf(document).map(({ rule }) => rule))];
}
