import { isExpression } from "../../language/reference";
import type { Resource } from "../../topology/document";
import { iamOf } from "../../topology/iam";
import type { Topology } from "../../topology/topology";
import { textOf } from "../../topology/value";

const PUBLISH = /^roles\/(pubsub\.(publisher|editor|admin|serviceAgent)|owner|editor)$/;
const SUBSCRIBE = /^roles\/(pubsub\.(subscriber|editor|admin|serviceAgent)|owner|editor)$/;

type Right = "publish" | "subscribe";

/** What Pub/Sub's service agent is granted: topics and subscriptions by address or name, and `*` for what is above or not known. */
const CACHE = new WeakMap<Topology, Readonly<Record<Right, ReadonlySet<string>>>>();

/** Whether this document may let Pub/Sub's service agent publish to a topic, or take from a subscription. */
export function agentMay(topology: Topology, right: Right, target: Resource): boolean {
  let known = CACHE.get(topology);
  if (!known) {
    known = { publish: readGrants(topology, "publish"), subscribe: readGrants(topology, "subscribe") };
    CACHE.set(topology, known);
  }
  const granted = known[right];
  return granted.has("*") || granted.has(target.address) || granted.has(textOf(target.values.name) ?? "");
}

function readGrants(topology: Topology, right: Right): Set<string> {
  const roles = right === "publish" ? PUBLISH : SUBSCRIBE;
  const attribute = right === "publish" ? "topic" : "subscription";
  const granted = new Set<string>();
  for (const { family, role, member, iam } of iamOf(topology).grants) {
    if (role !== undefined && !roles.test(role) && !role.includes("/roles/")) continue;
    const above = /^google_(project|folder|organization)$/.test(family);
    if ((!above && family !== `google_pubsub_${attribute}`) || !isAgent(topology, member)) continue;
    const on = iam.resource.values[attribute];
    granted.add(above ? "*" : (topology.document.target(on)?.address ?? textOf(on)?.split("/").at(-1) ?? "*"));
  }
  return granted;
}

/** The agent is known by its address; what this document does not make itself may be it. */
function isAgent(topology: Topology, member: string): boolean {
  if (member.includes("gcp-sa-pubsub")) return true;
  if (!isExpression(member)) return false;
  return !topology.document.references(member).some(({ address }) => address.startsWith("google_service_account."));
}
