import { cronProblem, isTimeZone } from "../language/cron";
import { computeName, RFC1035 } from "./formats";
import { machineName } from "./instance-template";
import { above, at, fulfilling, integer, items, type Limits, matching, not, oneOf, set, unset } from "./limit";
import { atLeastOne, atMostOne, exactlyOne, notEmpty, order, type ResourceFacts, resourceType, unique, when } from "./resource-type";
import { api, page, provider, quoted, unconfirmed } from "./source";

const compute = api("Compute API v1");
const validated = provider("google_compute_region_instance_group_manager 7.45.0", "validate");
const documented = provider("documentation of google_compute_region_instance_group_manager 7.45.0");

const recreateSurge = quoted("maxSurge must be equal to 0 when replacement method is set to RECREATE", "magic-modules #8210");

/** Seconds that a new instance has before it is recreated. */
export const healingDelay = integer(0, 3600).fix("give at most an hour", compute("InstanceGroupManagerAutoHealingPolicy.initialDelaySec"));
const targetSize = integer(0).fix("give a number of instances", compute("InstanceGroupManager.targetSize"));

/** A port by which a load balancer reaches the instances. */
export const namedPort = integer(1, 65535).fix("give 1 to 65535", compute("NamedPort.port"));

const percent = integer(0, 100).fix("give 0 to 100", validated);
const actions = oneOf("NONE", "REFRESH", "RESTART", "REPLACE").fix("use NONE, REFRESH, RESTART or REPLACE", validated);
const noSurge = oneOf(0).named("recreate").when({ replacement_method: "RECREATE" }).fix('set 0, or replacement_method = "SUBSTITUTE"', recreateSurge);
const someUnavailable = integer(1).named("recreate").when({ replacement_method: "RECREATE" }).fix('set max_unavailable_fixed to the number of zones, or replacement_method = "SUBSTITUTE"', documented);
const deleteRule = oneOf("NEVER", "ON_PERMANENT_INSTANCE_DELETION").fix("use NEVER or ON_PERMANENT_INSTANCE_DELETION", validated);

const DISRUPTION = compute("InstanceGroupManagerUpdatePolicy.mostDisruptiveAllowedAction");
/** What an update may do at most has to be at least what it has to do. */
const least = (action: string, ...tooLittle: readonly string[]) => {
  const row = not(...tooLittle)
    .named(action.toLowerCase())
    .when({ minimal_action: action });
  return row.why("The update needs more than it may do.").fix("remove most_disruptive_allowed_action, or raise it to minimal_action", DISRUPTION);
};

const proactive = oneOf("REPLACE")
  .named("proactive")
  .when({ type: "PROACTIVE" })
  .advice("A template with another image, machine or disk needs REPLACE: the update stops. Labels do not.")
  .fix("remove most_disruptive_allowed_action", DISRUPTION);
const SIZES = ["fixed", "percent"];
const oneRest = fulfilling("has exactly one without target_size", (versions) => mayHaveOneRest([versions].flat() as Record<string, unknown>[]), { shape: true });

function mayHaveOneRest(versions: readonly Readonly<Record<string, unknown>>[]): boolean {
  return (
    versions.some(({ dynamic, target_size: size }) => dynamic !== undefined || typeof size === "string") || versions.filter(({ target_size: size }) => [size ?? []].flat().length === 0).length === 1
  );
}

const STATEFUL = ["stateful_disk", "stateful_internal_ip", "stateful_external_ip"];
const BASE_NAME = /^[a-z](([-a-z0-9]{0,57})|([-a-z0-9]{0,51}-#{1,10}(\[[0-9]{1,10}\])?))$/;
const TEMPLATES = { google_compute_instance_template: "id self_link self_link_unique", google_compute_region_instance_template: "id self_link" };
const CHECKS = { google_compute_health_check: "id self_link", google_compute_region_health_check: "id self_link" };
const templateUrl = matching(/instanceTemplates\/[^/]+$/, "the URL of an instance template");
const checkUrl = matching(/[hH]ealthChecks\/[^/]+$/, "the URL of a health check");
const PROACTIVE = 'set update_policy with type = "PROACTIVE", minimal_action = "REPLACE", max_unavailable_fixed = 0 and max_surge_fixed = the number of zones';

const limits: Limits = {
  base_instance_name: matching(BASE_NAME, "1 to 58 lower-case letters, digits and hyphens, starting with a letter").fix("shorten or respell it", compute("InstanceGroupManager.baseInstanceName")),
  version: oneRest.why("That version has the remaining instances.").fix("give each canary version a target_size, and the main one none", compute("InstanceGroupManager.versions")),
  "version.instance_template": templateUrl.refs(TEMPLATES).fix("use google_compute_instance_template.NAME.id", compute("InstanceGroupManagerVersion.instanceTemplate")),
  "version.target_size.percent": percent,
  "named_port.port": namedPort,
  "named_port.name": RFC1035.fix("rename the port, on the backend service too", compute("NamedPort.name")),
  target_size: targetSize,
  auto_healing_policies: items(0, 1).fix("keep one auto_healing_policies block", compute("InstanceGroupManager.autoHealingPolicies")),
  "auto_healing_policies.initial_delay_sec": healingDelay,
  "auto_healing_policies.health_check": checkUrl.refs(CHECKS).fix("use google_compute_health_check.NAME.id", compute("InstanceGroupManagerAutoHealingPolicy.healthCheck")),
  update_policy: set().advice("By default a new template reaches no instance until something else replaces it.").fix(PROACTIVE, compute("InstanceGroupManagerUpdatePolicy.type")),
  "update_policy.type": oneOf("OPPORTUNISTIC", "PROACTIVE").fix("use PROACTIVE or OPPORTUNISTIC", validated),
  "update_policy.minimal_action": actions,
  "update_policy.most_disruptive_allowed_action": [actions, least("REPLACE", "NONE", "REFRESH", "RESTART"), least("RESTART", "NONE", "REFRESH"), least("REFRESH", "NONE"), proactive],
  "update_policy.replacement_method": oneOf("RECREATE", "SUBSTITUTE").fix("use SUBSTITUTE or RECREATE", validated),
  "update_policy.max_surge_fixed": noSurge,
  "update_policy.max_surge_percent": [percent, noSurge],
  "update_policy.max_unavailable_fixed": someUnavailable,
  "update_policy.max_unavailable_percent": [percent, someUnavailable],
  "instance_lifecycle_policy.default_action_on_failure": oneOf("REPAIR", "DO_NOTHING").fix("use REPAIR or DO_NOTHING", validated),
  "instance_lifecycle_policy.force_update_on_repair": oneOf("YES", "NO").fix("use YES or NO", validated),
  "standby_policy.mode": oneOf("MANUAL", "SCALE_OUT_POOL").fix("use MANUAL or SCALE_OUT_POOL", validated),
  "standby_policy.initial_delay_sec": integer(0, 3600).fix("give at most an hour", compute("InstanceGroupManagerStandbyPolicy.initialDelaySec")),
  ...at(STATEFUL, { delete_rule: deleteRule }),
};

const SURGE = "set max_surge_fixed to at least the number of zones: the group could not replace anything";
const MAX_SURGE = compute("InstanceGroupManagerUpdatePolicy.maxSurge");

const manager: ResourceFacts = {
  group: "group",
  keptWhenUnset: ["instance_lifecycle_policy", "standby_policy", "update_policy"],
  limits,
  alternatives: ["surge", "unavailable"].map((what) =>
    atMostOne(`max_${what}_fixed max_${what}_percent`, { in: "update_policy", id: `${what}-once` }).fix("keep the _fixed or the _percent attribute", validated),
  ),
  unique: [unique("version.name", { id: "version-names" }).fix("rename one of them", compute("InstanceGroupManager.versions"))],
  together: SIZES.flatMap((surge) =>
    SIZES.map((unavailable) => when({ [`max_surge_${surge}`]: 0 }, { [`max_unavailable_${unavailable}`]: not(0) }, { in: "update_policy", id: "surge-or-unavailable" }).fix(SURGE, MAX_SURGE)),
  ),
};

const instanceGroupManager = resourceType("google_compute_instance_group_manager", {
  ...manager,
  name: { format: computeName, uniqueIn: ["zone"] },
  replacedBy: ["name", "base_instance_name", "zone", "target_size_policy.mode"],
});

const STAY = 'set update_policy.instance_redistribution_type = "NONE"; the default evens the zones out';
const SHAPES = page("compute/docs/instance-groups/regional-mig-set-target-distribution-shape");
const NO_REDISTRIBUTION = { "update_policy.instance_redistribution_type": "NONE" };

const CODE = provider("google_compute_region_instance_group_manager 7.45.0, expandInstanceSelections");
const SELECTION = "InstanceGroupManagerInstanceFlexibilityPolicyInstanceSelection";

const regionInstanceGroupManager = resourceType("google_compute_region_instance_group_manager", {
  ...manager,
  name: { format: computeName, uniqueIn: ["region"] },
  replacedBy: ["name", "base_instance_name", "description", "distribution_policy_zones", "region", "target_size_policy.mode"],
  keptWhenUnset: [...manager.keptWhenUnset!, "distribution_policy_zones"],
  defaults: { "update_policy.instance_redistribution_type": "PROACTIVE" },
  limits: {
    ...limits,
    distribution_policy_target_shape: oneOf("EVEN", "BALANCED", "ANY", "ANY_SINGLE_ZONE").fix("use EVEN, BALANCED, ANY or ANY_SINGLE_ZONE", compute("DistributionPolicy.targetShape")),
    "update_policy.instance_redistribution_type": oneOf("PROACTIVE", "NONE").fix("use PROACTIVE or NONE", validated),
    "instance_flexibility_policy.instance_selections.rank": integer(0).fix("give a whole number, the preferred first", compute(`${SELECTION}.rank`)),
    "instance_flexibility_policy.instance_selections.machine_types[]": machineName.fix("give the name, such as g2-standard-8, without a path", compute(`${SELECTION}.machineTypes`)),
  },
  unique: [...manager.unique!, unique("instance_selections.name", { in: "instance_flexibility_policy", id: "selection-names" }).fix("rename one of them: the provider keeps the last of a name", CODE)],
  together: [
    ...manager.together!,
    when({ distribution_policy_target_shape: ["BALANCED", "ANY_SINGLE_ZONE"] }, NO_REDISTRIBUTION, { id: "shape-redistribution" }).fix(STAY, SHAPES),
    ...STATEFUL.map((name) => when({ [name]: set() }, NO_REDISTRIBUTION, { id: "stateful-redistribution" }).fix(STAY, documented)),
  ],
});

const instanceGroup = resourceType("google_compute_instance_group", {
  group: "group",
  name: { format: computeName, uniqueIn: ["zone"] },
  replacedBy: ["name", "description", "network", "zone"],
  limits: { "named_port.port": namedPort, "named_port.name": limits["named_port.name"]! },
});

const positive = (field: string, fix: string) => above(0).fix(fix, compute(field));

const CUSTOM = "AutoscalingPolicyCustomMetricUtilization";
const OTHER_OPERATOR = /\bOR\b|\bNOT\b|!=|<|>|:|\bhas_|\bstarts_with|\bends_with|\bone_of|\bmonitoring\./;

/** Signals and bounds of autoscaling, which constructs check by. */
export const autoscaling = {
  maxReplicas: integer(1).fix("give at least 1", compute("AutoscalingPolicy.maxNumReplicas")),
  cooldown: integer(0).fix("give the seconds that an instance takes until it serves", compute("AutoscalingPolicy.coolDownPeriodSec")),
  cpuTarget: above(0, 1).fix("give a share such as 0.6", compute("AutoscalingPolicyCpuUtilization.utilizationTarget")),
  scaleInWindow: integer(60, 3600).fix("give 60 to 3600 seconds", unconfirmed("docs.cloud.google.com/compute/docs/autoscaler/understanding-autoscaler-decisions")),
  schedules: items(0, 128).fix("keep at most 128 schedules", compute("AutoscalingPolicy.scalingSchedules")),
  scheduleDuration: integer(300).fix("let the schedule last at least 300 seconds", compute("AutoscalingPolicyScalingSchedule.durationSec")),
  metricName: matching(/^[a-z][a-z0-9.-]*\/[A-Za-z0-9_./-]+$/, "a metric type: DOMAIN/PATH").fix("copy it from the Metrics explorer", compute(`${CUSTOM}.metric`)),
  metricFilter: fulfilling("selectors joined by AND, each compared by =", (value) => !OTHER_OPERATOR.test(String(value).replace(/"(\\.|[^"\\])*"/g, '""'))).fix(
    "compare by = only and join by AND",
    compute(`${CUSTOM}.filter`),
  ),
};

const crontab = fulfilling("a crontab schedule, with an optional year", (value) => cronProblem(String(value), true) === undefined);
const timeZone = fulfilling("a name of the tz database", (value) => isTimeZone(String(value)));
const byTarget = exactlyOne("target single_instance_assignment", { in: "autoscaling_policy.metric", id: "metric-kind" });

const WAKES = "an autoscaler that may empty its group must have something to wake it up by";
const perInstance = fulfilling("has no value of the whole group", (metrics) => ![metrics].flat().some((each) => Object(each).single_instance_assignment !== undefined), { shape: true });

const scaler: ResourceFacts = {
  group: "autoscaler",
  keptWhenUnset: ["autoscaling_policy.cpu_utilization"],
  limits: at("autoscaling_policy", {
    max_replicas: autoscaling.maxReplicas,
    min_replicas: integer(0).fix("give at least 0", compute("AutoscalingPolicy.minNumReplicas")),
    cooldown_period: autoscaling.cooldown,
    mode: oneOf("ON", "OFF", "ONLY_UP", "ONLY_SCALE_OUT").fix("use ON, ONLY_SCALE_OUT or OFF", compute("AutoscalingPolicy.mode")),
    "cpu_utilization.target": autoscaling.cpuTarget,
    "cpu_utilization.predictive_method": oneOf("NONE", "OPTIMIZE_AVAILABILITY").fix("use NONE or OPTIMIZE_AVAILABILITY", compute("AutoscalingPolicyCpuUtilization.predictiveMethod")),
    "load_balancing_utilization.target": positive("AutoscalingPolicyLoadBalancingUtilization.utilizationTarget", "give a share of the backend's capacity, such as 0.8"),
    "metric.target": positive("AutoscalingPolicyCustomMetricUtilization.utilizationTarget", "give a target above 0"),
    "metric.name": autoscaling.metricName,
    "metric.filter": autoscaling.metricFilter,
    "scale_in_control.max_scaled_in_replicas.percent": integer(0, 100).fix("give 0 to 100", compute("AutoscalingPolicyScaleInControl.maxScaledInReplicas")),
    "scale_in_control.time_window_sec": autoscaling.scaleInWindow,
    scaling_schedules: autoscaling.schedules,
    "scaling_schedules.duration_sec": autoscaling.scheduleDuration,
    "scaling_schedules.schedule": crontab.fix("give minute, hour, day of month, month and day of week", compute("AutoscalingPolicyScalingSchedule.schedule")),
    "scaling_schedules.time_zone": timeZone.fix("give a name such as Europe/Berlin", compute("AutoscalingPolicyScalingSchedule.timeZone")),
  }),
  alternatives: [
    byTarget.fix("set target for a value of each instance, single_instance_assignment for one of the whole group", compute(`${CUSTOM}.singleInstanceAssignment`)),
    atLeastOne("cpu_utilization load_balancing_utilization metric scaling_schedules", { in: "autoscaling_policy", id: "signal" })
      .advice("The default is the CPU at 60 %, which says little about a model on a GPU.")
      .fix("set cpu_utilization, load_balancing_utilization or metric", compute("AutoscalingPolicyCpuUtilization.utilizationTarget")),
  ],
  together: [
    ...notEmpty("autoscaling_policy.scale_in_control autoscaling_policy.scale_in_control.max_scaled_in_replicas", provider("google_compute_region_autoscaler 7.45.0", "validate")),
    when({ min_replicas: 0, scaling_schedules: unset(), metric: perInstance }, { min_replicas: integer(1) }, { in: "autoscaling_policy", id: "wakes", title: WAKES })
      .advice("CPU, load and metrics of instances are measured on running instances: nothing asks for the first one.")
      .fix("set min_replicas to 1, or add a schedule or a metric with single_instance_assignment", compute(`${CUSTOM}.singleInstanceAssignment`)),
  ],
  order: [order("min_replicas", "max_replicas", { in: "autoscaling_policy", id: "min-max" }).fix("raise max_replicas or lower min_replicas", compute("AutoscalingPolicy.maxNumReplicas"))],
};

const target = matching(/instanceGroupManagers\/[^/]+$/, "the URL of a managed instance group").fix("use the group manager's id", compute("Autoscaler.target"));

const autoscaler = resourceType("google_compute_autoscaler", {
  ...scaler,
  name: { format: computeName, uniqueIn: ["zone"] },
  replacedBy: ["name", "zone"],
  limits: {
    ...scaler.limits,
    target: matching(/(^|instanceGroupManagers\/)[^/]+$/, target.text)
      .refs({ google_compute_instance_group_manager: "id self_link name" })
      .fix(target.fixText, target.source!),
  },
});

const regionAutoscaler = resourceType("google_compute_region_autoscaler", {
  ...scaler,
  name: { format: computeName, uniqueIn: ["region"] },
  replacedBy: ["name", "region"],
  limits: { ...scaler.limits, target: target.refs({ google_compute_region_instance_group_manager: "id self_link" }) },
});

export const instanceGroupTypes = [instanceGroupManager, regionInstanceGroupManager, instanceGroup, autoscaler, regionAutoscaler];
