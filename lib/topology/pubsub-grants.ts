import type { Resource } from "./document";
import { iamOf, mayBeAgent } from "./iam";
import type { Topology } from "./topology";
import { textOf } from "./value";

/** In the address of Pub/Sub's service agent. */
export const PUBSUB_AGENT = "gcp-sa-pubsub";
const PUBLISH = /^roles\/(pubsub\.(publisher|editor|admin|serviceAgent)|owner|editor)$/;
const SUBSCRIBE = /^roles\/(pubsub\.(subscriber|editor|admin|serviceAgent)|owner|editor)$/;

/** Whether this document may let Pub/Sub's service agent publish to a topic. */
export function agentMayPublish(topology: Topology, topic: Resource): boolean {
  return isAmong(topology.once(readTopics), topic);
}

/** Whether this document may let Pub/Sub's service agent take messages from a subscription. */
export function agentMaySubscribe(topology: Topology, subscription: Resource): boolean {
  return isAmong(topology.once(readSubscriptions), subscription);
}

function isAmong(granted: ReadonlySet<string>, { address, values }: Resource): boolean {
  return granted.has("*") || granted.has(address) || granted.has(textOf(values.name) ?? "");
}

const readTopics = (topology: Topology) => readGrants(topology, "topic", PUBLISH);
const readSubscriptions = (topology: Topology) => readGrants(topology, "subscription", SUBSCRIBE);

/**
 * What the service agent is granted: topics or subscriptions by address or name, and `*` for what
 * is above or unknown.
 */
function readGrants(topology: Topology, attribute: "topic" | "subscription", roles: RegExp): ReadonlySet<string> {
  const granted = new Set<string>();
  for (const { family, role, member, iam } of iamOf(topology).grants) {
    if (role !== undefined && !roles.test(role) && !role.includes("/roles/")) continue;
    const isAbove = /^google_(project|folder|organization)$/.test(family);
    if ((!isAbove && family !== `google_pubsub_${attribute}`) || !mayBeAgent(topology, member, PUBSUB_AGENT)) continue;
    const on = iam.resource.values[attribute];
    granted.add(isAbove ? "*" : (topology.document.target(on)?.address ?? textOf(on)?.split("/").at(-1) ?? "*"));
  }
  return granted;
}
