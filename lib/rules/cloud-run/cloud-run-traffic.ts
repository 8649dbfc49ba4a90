import { booleanOf, isComputed, isKnown, numberOf, textOf } from "../../topology/value";
import { integer, limit, matching, oneOf } from "../limit";
import type { Place } from "../nested-places";
import type { OldRule as Rule } from "../old-rule";
import { nested, SERVICE, WORKER_POOL, type Workload, workloadsOf } from "./cloud-run-workload";

const API = "Cloud Run Admin API v2";
const LATEST = /_TYPE_LATEST$/;
const REVISION = /_TYPE_REVISION$/;

/** How a service divides requests, or a worker pool instances, among revisions. */
function splitsOf(workload: Workload): readonly Place[] {
  const root = { resource: workload.resource, at: "", block: workload.resource.values };
  return nested(root, workload.kind === "service" ? "traffic" : "instance_splits");
}

function splitsKnown(workload: Workload): boolean {
  return !isComputed(workload.resource.values, workload.kind === "service" ? "traffic" : "instance_splits");
}

/** Traffic, tags and revisions. */
export const cloudRunTrafficRules: readonly Rule[] = [
  limit(
    "run-traffic-percent",
    SERVICE,
    "traffic.percent",
    integer(0, 100),
    "give a whole percentage",
    `${API}, TrafficTarget.percent, read 2026-11-22`,
  ),
  limit(
    "run-split-percent",
    WORKER_POOL,
    "instance_splits.percent",
    integer(0, 100),
    "give a whole percentage",
    `${API}, InstanceSplit.percent, read 2026-11-22`,
  ),
  limit(
    "run-traffic-type",
    SERVICE,
    "traffic.type",
    oneOf("TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"),
    "use TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST, or …_REVISION with revision",
    "schema of google 7.45.0: terraform validate says so too, but later",
  ),
  limit(
    "run-split-type",
    WORKER_POOL,
    "instance_splits.type",
    oneOf("INSTANCE_SPLIT_ALLOCATION_TYPE_LATEST", "INSTANCE_SPLIT_ALLOCATION_TYPE_REVISION"),
    "use INSTANCE_SPLIT_ALLOCATION_TYPE_LATEST, or …_REVISION with revision",
    "schema of google 7.45.0: terraform validate says so too, but later",
  ),
  limit(
    "run-traffic-tag",
    SERVICE,
    "traffic.tag",
    matching(/^([a-z]([-a-z0-9]{0,61}[a-z0-9])?)?$/, "lower-case letters, digits and hyphens, starting with a letter"),
    "respell the tag: it becomes part of a host name",
    "Compute API v1, NetworkEndpointGroupCloudRun.tag, read 2026-11-22",
  ),
  {
    id: "run-traffic-sum",
    title: "the percentages of traffic, or of instance splits, make 100",
    severity: "error",
    why: "Google Cloud rejects every other sum at apply.",
    fix: "make them 100 together, or leave the blocks out for all of it to go to the latest revision",
    source: `${API}, TrafficTarget.percent, read 2026-11-22`,
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        if (workload.kind === "job") continue;
        const splits = splitsOf(workload);
        if (splits.length === 0 || !splitsKnown(workload)) continue;
        const percents = splits.map(({ block }) => (block.percent === undefined ? 0 : numberOf(block.percent)));
        if (percents.some((percent) => percent === undefined)) continue;
        const sum = percents.reduce<number>((total, percent) => total + percent!, 0);
        if (sum !== 100) report(workload.resource, splits[0]!.at, sum);
      }
    },
  },
  {
    id: "run-traffic-revision",
    title: "traffic goes to a named revision or to the latest one",
    severity: "error",
    why: "Google Cloud rejects the type REVISION without a revision, and LATEST with one.",
    fix: "name the revision with the type REVISION; take it away with LATEST",
    source: `${API}, TrafficTarget.type, read 2026-11-22`,
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        if (workload.kind === "job") continue;
        for (const { block, at, resource } of splitsOf(workload)) {
          const type = textOf(block.type);
          const named = block.revision !== undefined && block.revision !== "";
          if (type === undefined) continue;
          if ((REVISION.test(type) && !named) || (LATEST.test(type) && named))
            report(resource, `${at}.revision`, block.revision, type);
        }
      }
    },
  },
  {
    id: "run-traffic-tag-length",
    title: "name of the service and tag have at most 46 characters together",
    severity: "error",
    why: "They become one label of a host name: “Combined traffic tag and service name cannot exceed 46 characters”.",
    fix: "shorten the tag",
    source: "error text of Cloud Run in PolicyEngine/policyengine-api issue 3729, read 2026-11-22",
    check(topology, report) {
      for (const service of topology.document.ofType(SERVICE)) {
        const name = textOf(service.values.name);
        if (name === undefined) continue;
        for (const { block, at } of nested({ resource: service, at: "", block: service.values }, "traffic")) {
          const tag = textOf(block.tag);
          if (tag && name.length + tag.length > 46)
            report(service, `${at}.tag`, tag, `${name.length + tag.length} characters`);
        }
      }
    },
  },
  {
    id: "run-traffic-tags",
    title: "each tag is given once",
    severity: "error",
    why: "Google Cloud rejects two revisions of one tag at apply.",
    fix: "rename one of the tags",
    source: `${API}, TrafficTarget.tag, read 2026-11-22`,
    check(topology, report) {
      for (const service of topology.document.ofType(SERVICE)) {
        const seen = new Set<string>();
        for (const { block, at } of nested({ resource: service, at: "", block: service.values }, "traffic")) {
          const tag = textOf(block.tag);
          if (!tag) continue;
          if (seen.has(tag)) report(service, `${at}.tag`, tag);
          seen.add(tag);
        }
      }
    },
  },
  {
    id: "run-revision-name",
    title: "a revision is named after its service: SERVICE-SUFFIX, at most 63 characters",
    severity: "error",
    why: "Google Cloud rejects other names of a revision at apply.",
    fix: "start it with the name of the service and a hyphen, or leave it out to have one generated",
    source: "docs.cloud.google.com/run/docs/deploying, read 2026-10-07",
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        const revision = textOf(workload.block.revision);
        if (!revision) continue;
        const name = textOf(workload.resource.values.name);
        const wellFormed = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(revision);
        if (!wellFormed || (name !== undefined && !revision.startsWith(`${name}-`)))
          report(workload.resource, `${workload.at}.revision`, revision);
      }
    },
  },
  {
    id: "run-revision-fixed",
    title: "the name of a revision is not fixed",
    severity: "warning",
    why: "A revision never changes: the next change to the template fails, because a revision of this name exists. Not an error, because the first apply works and the name may be changed by hand each time.",
    fix: "leave template.revision out",
    source: `${API}, RevisionTemplate.revision, read 2026-11-22`,
    check(topology, report) {
      for (const { block, at, resource } of workloadsOf(topology)) {
        if (textOf(block.revision)) report(resource, `${at}.revision`, block.revision);
      }
    },
  },
  {
    id: "run-traffic-latest-missing",
    title: "a new revision gets traffic",
    severity: "warning",
    why: "All traffic is fixed to named revisions: an apply deploys a new image, and nobody sees it. Not an error, because it may be a roll-back or a staged roll-out.",
    fix: "give the latest revision a share, or take the traffic blocks away",
    source: `${API}, TrafficTarget.type, read 2026-11-22`,
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        const splits = splitsOf(workload);
        if (workload.kind === "job" || splits.length === 0 || !splitsKnown(workload)) continue;
        if (splits.some(({ block }) => !isKnown(block.type) || !isKnown(block.revision))) continue;
        const own = textOf(workload.block.revision);
        const served = splits.filter(({ block }) => block.percent !== 0);
        if (served.every(({ block }) => REVISION.test(String(block.type)) && block.revision !== own))
          report(workload.resource, splits[0]!.at, splits[0]!.block.revision);
      }
    },
  },
  {
    id: "run-session-affinity-split",
    title: "session affinity and percentages of traffic are not combined",
    severity: "warning",
    why: "Clients stay with the revision that they have seen first as long as it gets any traffic, so the percentages hold for new clients only.",
    fix: "take session_affinity away while you divide traffic",
    source: "docs.cloud.google.com/run/docs/configuring/session-affinity, from general knowledge, 2026-11",
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        if (workload.kind !== "service" || booleanOf(workload.block.session_affinity) !== true) continue;
        const shared = splitsOf(workload).filter(({ block }) => (numberOf(block.percent) ?? 0) > 0);
        if (shared.length > 1) report(workload.resource, `${workload.at}.session_affinity`, true);
      }
    },
  },
];
