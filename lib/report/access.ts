import type { Resource } from "../topology/document";
import { append } from "../topology/group-by";
import { accountOf, iamOf } from "../topology/iam";
import { invokers, isPublicService } from "../topology/invocation";
import type { Topology } from "../topology/topology";
import { type Content, html, lines, table } from "./html";
import { type Report, regionList, resourceLink } from "./report";

const INGRESS: Readonly<Record<string, string>> = {
  INGRESS_TRAFFIC_ALL: "the internet, and load balancers",
  INGRESS_TRAFFIC_INTERNAL_ONLY: "networks of the project only",
  INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER: "load balancers and networks of the project",
};

/** Who may call each Cloud Run service; the same service in several regions is one row. */
export function accessTable({ topology }: Report): Content {
  const rows = new Map<string, { first: Resource; cells: Content[]; regions: string[] }>();
  for (const { service, region = "?", ingress } of topology.cloudRunTargets) {
    const callers = callersOf(topology, service);
    const signIn = guardsOf(topology, service);
    const key = JSON.stringify([service.values.name, callers, ingress, signIn]);
    const known = rows.get(key) ?? {
      first: service,
      cells: [lines(callers), INGRESS[ingress ?? ""] ?? "?", lines(signIn)],
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
      resourceLink(first, String(first.values.name ?? first.address)),
      regionList(regions),
      ...cells,
    ]),
  );
}

function callersOf(topology: Topology, service: Resource): Content[] {
  const isPublic = isPublicService(topology, service);
  if (isPublic === true) return ["everyone: no token is asked for"];
  const members = new Set(invokers(topology, service).map(({ member }) => nameOf(topology, member)));
  const unknown = isPublic === undefined ? ["maybe everyone: known at apply only"] : [];
  return members.size === 0 && unknown.length === 0 ? ["nobody by this document"] : [...unknown, ...members];
}

function nameOf({ document }: Topology, member: string): string {
  if (/@gcp-sa-iap\./.test(member)) return "Identity-Aware Proxy";
  const account = accountOf(document, member);
  return String(account?.values.account_id ?? member);
}

/** What the backends that lead to a service put before it. */
function guardsOf(topology: Topology, service: Resource): string[] {
  const negs = new Set(topology.cloudRunOf(service)?.negs);
  const guards = new Set<string>();
  for (const { groups, iap, cdn, securityPolicy, resource } of topology.backends) {
    if (!groups.some(({ resource: group }) => group && negs.has(group))) continue;
    const policy = securityPolicy ?? resource.values.security_policy;
    guards.add(policy ? `Cloud Armor ${securityPolicy?.values.name ?? policy}` : "no Cloud Armor");
    if (iap) guards.add(signIn(topology, resource));
    if (cdn) guards.add("Cloud CDN on cached routes");
  }
  return guards.size > 0 ? [...guards] : ["no load balancer"];
}

const SIGNS_IN = /^google_iap_web_(region_)?backend_service$/;

/** Who may sign in at a backend, as far as this document says. */
function signIn(topology: Topology, backend: Resource): string {
  const grants = iamOf(topology).grants.filter(
    ({ family, iam }) => SIGNS_IN.test(family) && topology.dependencies(iam.resource).has(backend.address),
  );
  const members = [...new Set(grants.map(({ member }) => nameOf(topology, member)))];
  return `sign-in by Identity-Aware Proxy${members.length > 0 ? ` for ${members.join(", ")}` : ""}`;
}

/** Backends that are not Cloud Run, with what guards them. */
export function guardsTable({ topology }: Report): Content {
  const byGuards = new Map<string, Content[]>();
  for (const { resource, kind, groups, iap, cdn, securityPolicy, edgeSecurityPolicy } of topology.backends) {
    if (groups.some(({ kind: each }) => each === "serverlessNeg")) continue;
    const policies = [securityPolicy, edgeSecurityPolicy].flatMap((each) => (each ? [String(each.values.name)] : []));
    const texts = [
      kind === "bucket" ? "bucket" : "machines or endpoints",
      policies.length > 0 ? `Cloud Armor ${policies.join(" and ")}` : "no Cloud Armor",
      cdn ? "Cloud CDN" : "no Cloud CDN",
      ...(iap ? [signIn(topology, resource)] : []),
    ];
    append(byGuards, texts.join("; "), html`<div>${resourceLink(resource, String(resource.values.name))}</div>`);
  }
  if (byGuards.size === 0) return undefined;
  return table(
    "Other backends",
    ["Backend", "In front of it"],
    [...byGuards].map(([texts, backends]) => [backends, texts]),
  );
}
