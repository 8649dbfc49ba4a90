import type { Resource } from "../topology/document";
import { isExpression } from "../topology/reference";
import type { Topology } from "../topology/topology";
import { iamOf } from "./iam-grants";

const PUBLISH = /^roles\/(pubsub\.(publisher|editor|admin|serviceAgent)|owner|editor)$/;
const SUBSCRIBE = /^roles\/(pubsub\.(subscriber|editor|admin|serviceAgent)|owner|editor)$/;

/** IAM resources of a document that may let Pub/Sub's service agent publish to a topic, or take from a subscription. */
export function agentGrants(topology: Topology, target: Resource, what: "publish" | "subscribe"): Resource[] {
  const roles = what === "publish" ? PUBLISH : SUBSCRIBE;
  const attribute = what === "publish" ? "topic" : "subscription";
  const family = `google_pubsub_${attribute}`;
  return iamOf(topology).grants.flatMap(({ resource, family: own, role, member, iam }) => {
    if (role !== undefined && !roles.test(role) && !role.includes("/roles/")) return [];
    if (!isAgent(topology, member)) return [];
    if (/^google_(project|folder|organization)$/.test(own)) return [resource];
    if (own !== family) return [];
    const on = iam.resource.values[attribute];
    const found = topology.document.target(on);
    const same = found ? found.address === target.address : isExpression(on) || endsWith(on, target.values.name);
    return same ? [iam.resource] : [];
  });
}

function endsWith(on: unknown, name: unknown): boolean {
  return typeof on === "string" && on.split("/").at(-1) === name;
}

/** The agent is known by its address; what this document does not make itself may be it. */
function isAgent(topology: Topology, member: string): boolean {
  if (member.includes("gcp-sa-pubsub")) return true;
  if (!isExpression(member)) return false;
  return !topology.document.references(member).some(({ address }) => address.startsWith("google_service_account."));
}
