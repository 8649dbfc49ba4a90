import { blockOf, type TerraformDocument } from "../lib/topology/document";
import { type Pipeline, pipelinesOf } from "../lib/topology/pipelines";
import { Topology } from "../lib/topology/topology";

/** What is processed where, one line for each region: from → by → to, and where failures end. */
export function pipelines(document: TerraformDocument): string[] {
  const name = (value: unknown) => text(document.target(value)?.values.name ?? value);
  return pipelinesOf(Topology.of(document))
    .map(({ subscription, topic, notifications, workloads, isPush, results }: Pipeline) => {
      const from = notifications.map(({ bucket }) => text(bucket.values.name));
      const by = workloads.map(({ resource }) => text(resource.values.name)).join(", ");
      const to = results.map(({ values }) => text(values.name)).join(", ");
      const dead = blockOf(subscription.values.dead_letter_policy)?.dead_letter_topic;
      const failures = dead === undefined ? "no dead letters" : `dead letters in ${name(dead)}`;
      const source = from.length > 0 ? from.join(", ") : text(topic.values.name);
      const regions = [...new Set(workloads.map(({ region }) => region ?? "?"))].sort().join(", ");
      return `${regions} ${source} → ${by} (${isPush ? "push" : "pull"}) → ${to || "?"}; ${failures}`;
    })
    .sort();
}

function text(value: unknown): string {
  return value === undefined ? "?" : String(value);
}
