import { api, page } from "../google/source";
import { type Backend, groupsByRegion } from "../topology/backends";
import { blockOf } from "../topology/document";
import { type FailoverRegions, readFailoverRegions } from "../topology/failover-regions";
import type { Topology } from "../topology/topology";
import { isUnset, numberOf } from "../topology/value";
import { type Rule, rule } from "./rule";

const health = page("run/docs/configuring/configure-service-health");
const outliers = api("Compute API v1")("OutlierDetection");

/**
 * Whether max_ejection_percent is less than one of the regions. How many machines other groups have
 * is not known.
 */
function isTooSmall({ outlierDetection, groups, groupsKnown }: Backend): boolean {
  const percent = numberOf(outlierDetection?.max_ejection_percent);
  if (!groupsKnown || groups.length < 2 || percent === undefined) return false;
  return groups.every(({ kind }) => kind === "serverlessNeg") && percent < Math.ceil(100 / groups.length);
}

const regions = (topology: Topology) => topology.once(readFailoverRegions);
const hasProbe = ({ target }: FailoverRegions["targets"][number]) => target.hasReadinessProbe;
/**
 * Those that only Cloud Run service health can fail over: some region has a probe, and outlier
 * detection ejects none.
 */
const byHealth = (topology: Topology) =>
  regions(topology).filter(({ ejects, targets }) => ejects === false && targets.some(hasProbe));
/** The regions with a readiness probe, blaming the service or its NEG. */
const probed = (what: "service" | "neg") => (topology: Topology) =>
  byHealth(topology).flatMap(({ targets }) =>
    targets.filter(hasProbe).map(({ target, neg }) => ({ resource: what === "neg" ? neg : target.service, target })),
  );
/** The regions without a readiness probe beside regions that have one. */
const unprobed = (topology: Topology) =>
  regions(topology).flatMap(({ targets }) =>
    targets
      .filter((each) => targets.some(hasProbe) && !hasProbe(each))
      .map(({ target: { service: resource } }) => ({ resource })),
  );

/** Whether requests move to another region when one fails. */
export const failoverRules: readonly Rule[] = [
  rule("failover-two-regions", ({ routedBackends }) => routedBackends, {
    title: "every route must lead to a backend in at least two regions",
    advice: true,
    why: "When its only region fails, the route has nowhere to go. One region may be meant.",
    fix: "add a second region, or suppress it with the reason",
    source: health,
    judge(backend, blame) {
      if (backend.kind !== "service" || !backend.isGlobal || !backend.groupsKnown) return;
      const names = [...(groupsByRegion(backend)?.keys() ?? [])];
      if (names.length === 1) blame("backend", names);
    },
  }),
  rule("failover-mechanism", regions, {
    title: "a backend over several Cloud Run regions must have a way to fail over",
    advice: true,
    why: "Without one the load balancer keeps sending requests to a region that answers with errors.",
    fix: "give every region a readiness probe and at least one instance, or set outlier_detection that can eject one region",
    source: health,
    judge({ backend, targets, ejects }, blame) {
      if (ejects === false && !targets.some(hasProbe) && !isTooSmall(backend))
        blame("outlier_detection", backend.outlierDetection);
    },
  }),
  rule("failover-ejection-percent", ({ backends }) => backends, {
    title: "max_ejection_percent must let outlier detection eject one of the regions",
    advice: true,
    why: "Each region is one endpoint; a share smaller than one of them ejects none. Google does not document how it rounds.",
    fix: "raise max_ejection_percent to at least 100 divided by the number of regions, rounded up",
    source: outliers,
    judge(backend, blame) {
      const percent = backend.outlierDetection?.max_ejection_percent;
      if (isTooSmall(backend))
        blame("outlier_detection.max_ejection_percent", percent, `${backend.groups.length} regions`);
    },
  }),
  rule("failover-health-partial", unprobed, {
    title: "all regions of a backend must have a readiness probe, or none",
    advice: true,
    why: "A region without a readiness probe counts as healthy for ever, and draws the requests of the others.",
    fix: "add a readiness_probe to the services of the other regions, too",
    source: health,
    judge: (_region, blame) => blame("template.containers.readiness_probe", undefined),
  }),
  rule("failover-health-cold", probed("service"), {
    title: "a service with a readiness probe behind several regions must keep at least one instance",
    advice: true,
    why: "Cloud Run computes a region's health from its running instances; with a minimum of 0 there may be none.",
    fix: "set scaling.min_instance_count to 1 or more",
    source: health,
    judge({ target }, blame) {
      if (target.minInstances === 0) blame("scaling.min_instance_count", 0);
    },
  }),
  rule("failover-health-neg", probed("neg"), {
    title: "a NEG must have neither URL mask nor tag for service health",
    advice: true,
    why: "Cloud Run service health does not work through a URL mask or a tag, so the readiness probe moves no requests.",
    fix: "name the service in the NEG and remove url_mask and tag",
    source: health,
    judge({ resource }, blame) {
      const run = blockOf(resource.values.cloud_run) ?? {};
      for (const name of ["url_mask", "tag"]) if (!isUnset(run, name)) blame(`cloud_run.${name}`, run[name]);
    },
  }),
  rule("failover-health-iap", byHealth, {
    title: "IAP must be off on a backend service that counts on service health",
    advice: true,
    why: "Cloud Run service health does not work with IAP on the backend service. The probes may be for the instances alone.",
    fix: "turn IAP on in the Cloud Run services (iap_enabled) instead of the backend service",
    source: health,
    judge({ backend }, blame) {
      if (backend.iap) blame("iap.enabled", true);
    },
  }),
];
