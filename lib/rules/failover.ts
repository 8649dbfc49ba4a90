import { type Backend, groupsByRegion } from "../topology/backends";
import type { CloudRunTarget } from "../topology/cloud-run-targets";
import { type Block, blockOf } from "../topology/document";
import type { Topology } from "../topology/topology";
import { booleanOf, isKnown, numberOf } from "../topology/value";
import type { OldRule as Rule } from "./old-rule";

const HEALTH = "docs.cloud.google.com/run/docs/configuring/configure-service-health, read 2026-11-22";
const OUTLIERS =
  "Compute API v1, OutlierDetection, and docs.cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts, read 2026-11-22";

/** A backend service over Cloud Run whose regions and services are all in the document. */
interface ServerlessBackend {
  readonly backend: Backend;
  readonly targets: readonly { readonly target: CloudRunTarget; readonly neg: Block; readonly attribute: string }[];
}

function serverlessBackends(topology: Topology): ServerlessBackend[] {
  return topology.backends.flatMap((backend) => {
    if (!backend.groupsKnown || backend.groups.length === 0 || !backend.isGlobal) return [];
    const targets = backend.groups.flatMap((group) => {
      const target =
        group.resource && group.kind === "serverlessNeg" ? topology.cloudRunBehind(group.resource) : undefined;
      return target ? [{ target, neg: group.resource!.values, attribute: group.attribute }] : [];
    });
    return targets.length === backend.groups.length ? [{ backend, targets }] : [];
  });
}

/** Whether Cloud Run service health covers a region. */
function reportsHealth(target: CloudRunTarget, neg: Block): boolean {
  const run = blockOf(neg.cloud_run);
  return (
    target.hasReadinessProbe && (target.minInstances ?? 1) >= 1 && run?.tag === undefined && run?.url_mask === undefined
  );
}

/** Whether outlier detection can eject at least one of the regions; undefined where Terraform computes what decides. */
function canEject(detection: Block | undefined, regions: number): boolean | undefined {
  if (!detection) return false;
  if (!isKnown(detection)) return undefined;
  const errors = numberOf(detection.enforcing_consecutive_errors) ?? 0;
  const gateway = numberOf(detection.enforcing_consecutive_gateway_failure) ?? 100;
  const percent = numberOf(detection.max_ejection_percent) ?? 50;
  return (errors > 0 || gateway > 0) && percent >= Math.ceil(100 / regions);
}

/** Whether requests move to another region when one fails. */
export const failoverRules: readonly Rule[] = [
  {
    id: "failover-two-regions",
    title: "every route leads to a backend in at least two regions",
    severity: "warning",
    why: "When its only region fails, the route has nowhere to go. Not an error, because one region may be meant.",
    fix: "add a second region, or suppress it with the reason",
    source: HEALTH,
    check(topology, report) {
      for (const backend of topology.routedBackends) {
        if (backend.kind !== "service" || !backend.isGlobal || !backend.groupsKnown || backend.groups.length === 0)
          continue;
        const regions = groupsByRegion(backend);
        if (regions && regions.size === 1) report(backend.resource, "backend", [...regions.keys()]);
      }
    },
  },
  {
    id: "failover-mechanism",
    title: "a backend over several Cloud Run regions has one complete way to fail over",
    severity: "warning",
    why: "Without one the load balancer keeps sending requests to a region that answers with errors.",
    fix: "give every region a readiness probe and a minimum of one instance, or the backend service an outlier_detection that can eject one region",
    source: `${HEALTH}; ${OUTLIERS}`,
    check(topology, report) {
      for (const { backend, targets } of serverlessBackends(topology)) {
        if (targets.length < 2) continue;
        const healthy = !backend.iap && targets.every(({ target, neg }) => reportsHealth(target, neg));
        if (!healthy && canEject(backend.outlierDetection, targets.length) === false) {
          report(backend.resource, "outlier_detection", backend.outlierDetection);
        }
      }
    },
  },
  {
    id: "failover-enforcing-errors",
    title: "outlier detection that counts 5xx answers also enforces the ejection",
    severity: "warning",
    why: "enforcing_consecutive_errors is 0 by default: consecutive_errors are counted and nothing is ejected. Not an error, because gateway failures may suffice.",
    fix: "set enforcing_consecutive_errors = 100",
    source: OUTLIERS,
    check(topology, report) {
      for (const { resource, outlierDetection } of topology.backends) {
        if (!outlierDetection || outlierDetection.consecutive_errors === undefined) continue;
        const enforcing = outlierDetection.enforcing_consecutive_errors;
        if (isKnown(enforcing) && (numberOf(enforcing) ?? 0) === 0)
          report(resource, "outlier_detection.enforcing_consecutive_errors", enforcing);
      }
    },
  },
  {
    id: "failover-ejection-percent",
    title: "max_ejection_percent lets outlier detection eject one of the regions",
    severity: "warning",
    why: "Each region is one endpoint; a share smaller than one of them ejects none. Not an error, because Google does not document how it rounds.",
    fix: "raise max_ejection_percent to at least 100 divided by the number of regions, rounded up",
    source: OUTLIERS,
    check(topology, report) {
      for (const backend of topology.backends) {
        const percent = backend.outlierDetection?.max_ejection_percent;
        const count = backend.groups.length;
        if (!backend.groupsKnown || count < 2 || percent === undefined) continue;
        // What is ejected of an instance group or a zonal NEG is a machine, and how many there are is not in the document.
        if (backend.groups.some(({ kind }) => kind !== "serverlessNeg")) continue;
        if ((numberOf(percent) ?? 100) < Math.ceil(100 / count)) {
          report(backend.resource, "outlier_detection.max_ejection_percent", percent, `${count} regions`);
        }
      }
    },
  },
  {
    id: "failover-health-partial",
    title: "either all regions of a backend have a readiness probe or none",
    severity: "warning",
    why: "A region without a readiness probe counts as healthy for ever, and draws the requests of those that have one.",
    fix: "add a readiness_probe to the services of the other regions too",
    source: HEALTH,
    check(topology, report) {
      for (const { targets } of serverlessBackends(topology)) {
        const without = targets.filter(({ target }) => !target.hasReadinessProbe);
        if (without.length === 0 || without.length === targets.length) continue;
        for (const { target } of without) report(target.service, "template.containers.readiness_probe", undefined);
      }
    },
  },
  {
    id: "failover-health-cold",
    title: "a service with a readiness probe behind several regions keeps at least one instance",
    severity: "warning",
    why: "Cloud Run computes a region's health from its running instances; with a minimum of 0 there may be none.",
    fix: "set scaling.min_instance_count to 1 or more",
    source: HEALTH,
    check(topology, report) {
      for (const { backend, targets } of serverlessBackends(topology)) {
        if (targets.length < 2 || canEject(backend.outlierDetection, targets.length) !== false) continue;
        for (const { target } of targets) {
          if (target.hasReadinessProbe && target.minInstances === 0)
            report(target.service, "scaling.min_instance_count", 0);
        }
      }
    },
  },
  {
    id: "failover-health-neg",
    title: "service health needs a NEG without URL mask and tag",
    severity: "warning",
    why: "Cloud Run service health does not work through a URL mask or a tag, so the readiness probe moves no requests.",
    fix: "name the service in the NEG and take url_mask and tag out",
    source: HEALTH,
    check(topology, report) {
      for (const target of topology.cloudRunTargets) {
        if (!target.hasReadinessProbe) continue;
        for (const neg of target.negs) {
          const run = blockOf(neg.values.cloud_run);
          for (const attribute of ["url_mask", "tag"]) {
            if (run?.[attribute] !== undefined) report(neg, `cloud_run.${attribute}`, run[attribute]);
          }
        }
      }
    },
  },
  {
    id: "failover-health-iap",
    title: "service health needs IAP off on the backend service",
    severity: "warning",
    why: "With IAP on the backend service Cloud Run service health does not work.",
    fix: "switch IAP on at the Cloud Run service instead of the backend service",
    source: HEALTH,
    check(topology, report) {
      for (const { backend, targets } of serverlessBackends(topology)) {
        if (backend.iap && targets.length > 1 && targets.some(({ target }) => target.hasReadinessProbe)) {
          report(backend.resource, "iap.enabled", booleanOf(blockOf(backend.resource.values.iap)?.enabled));
        }
      }
    },
  },
];
