import { integer, length, matching, not, oneOf, set, unset } from "../../lib/google/limit";
import { atLeastOne, atMostOne, exactlyOne, order, resourceType, when } from "../../lib/google/resource-type";
import { api, unconfirmed } from "../../lib/google/source";
import { judgeType, rowsOf, ruleOf } from "../../lib/rules/tables";
import { TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";

const source = api("An API v1", "2026-11-28")("Thing.field");
const thing = resourceType("google_thing", {
  group: "thing",
  defaults: { scheme: "EXTERNAL", "retry.least": "10s", "retry.most": "600s" },
  limits: {
    name: length(1, 5).required().fix("shorten it").from(source),
    "box.size": integer(1, 10).when({ kind: "SIZED" }).fix("give 1 to 10").from(source),
    "box.tags[]": matching(/^[a-z]+$/, "lower-case letters")
      .fix("respell it")
      .from(source),
    network: matching(/^projects\//, "projects/PROJECT/networks/NETWORK")
      .refs({ google_compute_network: "id self_link" })
      .fix("use its id")
      .from(source),
    guess: integer(0, 1).fix("give 0 or 1").from(unconfirmed("a guess")),
  },
  alternatives: [
    exactlyOne("a b", { id: "kind" }).fix("set a or b").from(source),
    atMostOne("c d.e", { in: "box", id: "inner" }).fix("keep one").from(source),
    atLeastOne("x y", { in: "any", id: "any" }).fix("set x or y").from(source),
  ],
  together: [
    when({ scheme: "EXTERNAL" }, { port: unset() }, { id: "port" }).fix("remove port").from(source),
    when({ affinity: not("NONE"), "hash.key": set() }, { ttl: integer(1) }, { id: "ttl" })
      .fix("set ttl")
      .from(source),
    when({}, { mode: oneOf("ON", "OFF") }, { in: "any", id: "mode" })
      .fix("set mode")
      .from(source),
  ],
  order: [order("least", "most", { in: "retry" }).fix("swap them").from(source)],
});

/** What is found, as `rule attribute`. The alternatives `a` and `b` and the name are right unless given. */
function found(values: object, more: Record<string, unknown> = {}): string[] {
  const resource = { google_thing: { t: { name: "n", a: 1, ...values } }, ...more };
  const topology = new Topology(TerraformDocument.parse({ resource }));
  const findings: string[] = [];
  judgeType(thing, topology, ({ id }, _resource, attribute) => findings.push(`${id} ${attribute}`));
  return findings;
}

test.each<[string, object, string[]]>([
  ["nothing wrong", {}, []],
  ["a required attribute that is not set", { name: undefined }, ["thing-name name"]],
  ["or empty", { name: "" }, ["thing-name name"]],
  ["but not one that may be set", { name: "${var.name}" }, []],
  ["a limit below a condition that holds", { box: { kind: "SIZED", size: 11 } }, ["thing-box-size box.size"]],
  ["and one that does not", { box: { kind: "OTHER", size: 11 } }, []],
  ["and one that is not known", { box: { kind: "${var.kind}", size: 11 } }, []],
  ["each of several blocks", { box: [{}, { kind: "SIZED", size: 0 }] }, ["thing-box-size box.1.size"]],
  ["each item of a list", { box: { tags: ["a", "B", "${var.c}"] } }, ["thing-box-tags box.tags.1"]],
  ["none of exactly one", { a: undefined }, ["thing-kind a"]],
  ["two of exactly one", { b: 1 }, ["thing-kind b"]],
  ["one that may be null beside another", { b: "${var.b}" }, []],
  ["one of exactly one that may be null", { a: "${var.a}" }, []],
  ["two of at most one, in a nested block", { box: { c: 1, d: { e: 2 } } }, ["thing-inner box.d.e"]],
  ["none of at least one", { any: { mode: "ON" } }, ["thing-any any.x"]],
  ["two of at least one", { any: { mode: "ON", x: 1, y: 1 } }, []],
  ["what a default forbids", { port: 1 }, ["thing-port port"]],
  ["and another value allows", { port: 1, scheme: "MANAGED" }, []],
  ["and an unknown one may allow", { port: 1, scheme: "${var.s}" }, []],
  ["what must be set where several conditions hold", { affinity: "A", hash: { key: "k" } }, ["thing-ttl ttl"]],
  ["and is", { affinity: "A", hash: { key: "k" }, ttl: 5 }, []],
  ["and may be", { affinity: "A", hash: { key: "k" }, ttl: "${var.t}" }, []],
  ["and where one of them does not", { affinity: "NONE", hash: { key: "k" } }, []],
  ["what must be so in every block", { any: { x: 1, mode: "MAYBE" } }, ["thing-mode any.mode"]],
  ["the wrong order", { retry: { least: "20s", most: "10s" } }, ["thing-retry-least-order retry.least"]],
  ["the wrong order against a default", { retry: { most: "5s" } }, ["thing-retry-least-order retry.least"]],
  ["an order that is not known", { retry: { least: "${var.l}", most: "5s" } }, []],
])("%s", (_, values, expected) => {
  expect(found(values)).toEqual(expected);
});

test("the attribute of a reference has the right format, or the finding names it", () => {
  const networks = { google_compute_network: { n: { name: "n" } } };
  expect(found({ network: "${google_compute_network.n.id}" }, networks)).toEqual([]);
  expect(found({ network: "${google_compute_network.n.name}" }, networks)).toEqual(["thing-network network"]);
  expect(found({ network: "${google_compute_subnetwork.n.name}" }, networks)).toEqual([]);
  expect(found({ network: "n" }, networks)).toEqual(["thing-network network"]);
});

test("what is wrong in several resources is reported for each, also where they differ in what decides", () => {
  const things = {
    a: { name: "a", a: 1, box: { kind: "SIZED", size: 11 }, port: 1 },
    b: { name: "b", a: 1, box: { kind: "SIZED", size: 11 }, port: 1, scheme: "MANAGED" },
    c: { name: "longer", a: 1, box: { kind: "SIZED", size: 11 }, port: 1 },
    d: { name: "d", a: 1, box: { kind: "OTHER", size: 11 }, port: 1, scheme: "${var.scheme}" },
  };
  const topology = new Topology(TerraformDocument.parse({ resource: { google_thing: things } }));
  const findings: string[] = [];
  judgeType(thing, topology, ({ id }, { name }, attribute) => findings.push(`${name} ${id} ${attribute}`));
  expect(findings).toEqual([
    "a thing-box-size box.size",
    "b thing-box-size box.size",
    "c thing-name name",
    "c thing-box-size box.size",
    "a thing-port port",
    "c thing-port port",
  ]);
});

test("severity follows from the source", () => {
  const severities = Object.fromEntries(rowsOf(thing).map((row) => [row.key, ruleOf("thing", row).severity]));
  expect(severities).toMatchObject({ name: "error", guess: "warning", kind: "error" });
  expect(ruleOf("thing", rowsOf(thing).find(({ key }) => key === "guess")!).why).toContain("no source confirms it");
});

test("titles say what must be", () => {
  expect(rowsOf(thing).map(({ title }) => title)).toEqual([
    "name must be 1 to 5 characters",
    'box.size must be a whole number from 1 to 10 where kind is "SIZED"',
    "box.tags[] must be lower-case letters",
    "network must be projects/PROJECT/networks/NETWORK",
    "guess must be a whole number from 0 to 1",
    "exactly one of a or b must be set",
    "box must have at most one of c or d.e",
    "any must have at least one of x or y",
    'port must not be set where scheme is "EXTERNAL"',
    'ttl must be a whole number from 1 where affinity is not "NONE" and hash.key is set',
    'mode must be "ON" or "OFF"',
    "least must be at most most",
  ]);
});
