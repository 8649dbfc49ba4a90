import type { Backend } from "../topology/backends";
import type { Resource } from "../topology/document";
import { append } from "../topology/group-by";
import { accountOf, iamOf } from "../topology/iam";
import { invokers, isPublicService } from "../topology/invocation";
import type { Topology } from "../topology/topology";
import { textOf } from "../topology/value";
import { type Content, html, lines, table } from "./html";
import { nameOf, type Report, regionList, resourceLink, unwrapped } from "./report";

const INGRESS: Readonly<Record<string, string>> = {
  INGRESS_TRAFFIC_ALL: "the internet, and load balancers",
  INGRESS_TRAFFIC_INTERNAL_ONLY: "VPC networks of the project only",
  INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER: "load balancers and VPC networks of the project",
};

/** Who may call each Cloud Run service; the same service in several regions is one row. */
export function accessTable({ topology }: Report): Content {
  const rows = new Map<string, { first: Resource; cells: Content[]; regions: string[] }>();
  for (const { service, region = "not known", ingress } of topology.cloudRunTargets) {
    const callers = callersOf(topology, service);
    const signIn = guardsOf(topology, service);
    const key = JSON.stringify([service.values.name, callers, ingress, signIn]);
    const known = rows.get(key) ?? {
      first: service,
      cells: [lines(callers), INGRESS[ingress ?? ""] ?? "known at apply only", lines(signIn)],
      regions: [],
    };
    known.regions.push(region);
    rows.set(key, known);
  }
  if (rows.size === 0) return undefined;
  return table(
    "Who may call each service",
    ["Service", "Regions", "Callers", "Reached from", "In front of it"],
    [...rows.values()].map(({ first, cells, regions }) => [
      resourceLink(first, nameOf(first)),
      regionList(regions),
      ...cells,
    ]),
  );
}

function callersOf(topology: Topology, service: Resource): Content[] {
  const isPublic = isPublicService(topology, service);
  if (isPublic === true) return ["everyone: no token is required"];
  const members = new Set(invokers(topology, service).map(({ member }) => memberName(topology, member)));
  const unknown = isPublic === undefined ? ["maybe everyone: known at apply only"] : [];
  return members.size === 0 && unknown.length === 0
    ? ["nobody, as far as this document says"]
    : [...unknown, ...members];
}

function memberName({ document }: Topology, member: string): string {
  if (/@gcp-sa-iap\./.test(member)) return "Identity-Aware Proxy";
  const account = accountOf(document, member);
  return textOf(account?.values.account_id) ?? unwrapped(member);
}

/** What the backends that lead to a service put before it. */
function guardsOf(topology: Topology, service: Resource): string[] {
  const negs = new Set(topology.cloudRunOf(service)?.negs);
  const guards = new Set<string>();
  for (const backend of topology.backends) {
    if (!backend.groups.some(({ resource: group }) => group && negs.has(group))) continue;
    guards.add(armorOf(backend));
    if (backend.iap) guards.add(signIn(topology, backend.resource));
    if (backend.cdn) guards.add("Cloud CDN on cached routes");
  }
  if (guards.size > 0) return [...guards];
  const isHidden = negs.size > 0 && topology.backends.some(({ groupsKnown }) => !groupsKnown);
  return [isHidden ? "known at apply only" : "no load balancer"];
}

/** The security policies of a backend, wherever they are made. */
function armorOf({ securityPolicy, edgeSecurityPolicy, resource: { values } }: Backend): string {
  const policies: [Resource | undefined, unknown][] = [
    [securityPolicy, values.security_policy],
    [edgeSecurityPolicy, values.edge_security_policy],
  ];
  const names = policies.flatMap(([policy, value]) =>
    policy ? [nameOf(policy)] : value ? [unwrapped(value).split("/").at(-1)!] : [],
  );
  return names.length > 0 ? `Cloud Armor ${names.join(" and ")}` : "no Cloud Armor";
}

const SIGNS_IN = /^google_iap_web_(region_)?backend_service$/;

/** Who may sign in at a backend, as far as this document says. */
function signIn(topology: Topology, backend: Resource): string {
  const grants = iamOf(topology).grants.filter(
    ({ family, iam }) => SIGNS_IN.test(family) && topology.dependencies(iam.resource).has(backend.address),
  );
  const members = [...new Set(grants.map(({ member }) => memberName(topology, member)))];
  return `sign-in by Identity-Aware Proxy${members.length > 0 ? ` for ${members.join(", ")}` : ""}`;
}

/** Backends that lead to no Cloud Run service of the document, with what guards them. */
export function guardsTable({ topology }: Report): Content {
  const byGuards = new Map<string, Content[]>();
  const shown = new Set(topology.cloudRunTargets.flatMap(({ negs }) => negs));
  for (const backend of topology.backends) {
    const { resource, groups, iap, cdn } = backend;
    if (groups.some(({ resource: group }) => group && shown.has(group))) continue;
    const texts = [
      behind(backend),
      armorOf(backend),
      cdn ? "Cloud CDN" : "no Cloud CDN",
      ...(iap ? [signIn(topology, resource)] : []),
    ];
    append(byGuards, texts.join("; "), html`<div>${resourceLink(resource, nameOf(resource))}</div>`);
  }
  if (byGuards.size === 0) return undefined;
  return table(
    "Other backends",
    ["Backend", "In front of it"],
    [...byGuards].map(([texts, backends]) => [backends, texts]),
  );
}

/** What a backend sends requests to. */
function behind({ kind, groups, groupsKnown }: Backend): string {
  if (kind === "bucket") return "bucket";
  const kinds = new Set(groups.flatMap((each) => each.kind ?? []));
  const words = [
    ...(kinds.has("serverlessNeg") ? ["serverless"] : []),
    ...(kinds.has("instanceGroup") ? ["machines"] : []),
    ...(kinds.has("neg") || kinds.has("internetNeg") ? ["endpoints"] : []),
    ...(groupsKnown ? [] : ["groups made elsewhere"]),
  ];
  return words.join(" and ") || "no group";
}
