import { integer, items, limit, matching, oneOf } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { limitAt } from "../places";

export const MANAGERS = "google_compute_region_instance_group_manager|google_compute_instance_group_manager";
export const REGIONAL_MANAGER = "google_compute_region_instance_group_manager";
const PROVIDER = "the provider's own list, google 7.45.0; checked here before Terraform runs";
const ACTIONS = oneOf("NONE", "REFRESH", "RESTART", "REPLACE");
function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

/** What single attributes of instance groups may be. */
export const instanceGroupLimits: readonly Rule[] = [
  limit(
    "group-base-name",
    MANAGERS,
    "base_instance_name",
    matching(
      /^[a-z](([-a-z0-9]{0,57})|([-a-z0-9]{0,51}-#{1,10}(\[[0-9]{1,10}\])?))$/,
      "1 to 58 lower-case letters, digits and dashes, a letter first",
    ),
    "shorten or rename the base name of the instances",
    api("InstanceGroupManager.baseInstanceName"),
  ),
  limit("group-named-port", MANAGERS, "named_port.port", integer(1, 65535), "give 1 to 65535", api("NamedPort.port")),
  limit(
    "group-named-port-name",
    MANAGERS,
    "named_port.name",
    matching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "1 to 63 lower-case letters, digits and dashes, a letter first"),
    "rename the port, on the backend service too",
    api("NamedPort.name"),
  ),
  limit(
    "group-target-size",
    MANAGERS,
    "target_size",
    integer(0),
    "give a number of instances",
    api("InstanceGroupManager.targetSize"),
  ),
  limit(
    "group-healing-delay",
    MANAGERS,
    "auto_healing_policies.initial_delay_sec",
    integer(0, 3600),
    "give at most an hour",
    api("InstanceGroupManagerAutoHealingPolicy.initialDelaySec"),
  ),
  limit(
    "group-healing-policies",
    MANAGERS,
    "auto_healing_policies",
    items(0, 1),
    "keep one auto_healing_policies block",
    api("InstanceGroupManager.autoHealingPolicies"),
  ),
  limit(
    "group-target-shape",
    REGIONAL_MANAGER,
    "distribution_policy_target_shape",
    oneOf("EVEN", "BALANCED", "ANY", "ANY_SINGLE_ZONE"),
    "use EVEN, BALANCED, ANY or ANY_SINGLE_ZONE",
    api("DistributionPolicy.targetShape"),
  ),
  limit(
    "group-update-type",
    MANAGERS,
    "update_policy.type",
    oneOf("OPPORTUNISTIC", "PROACTIVE"),
    "use PROACTIVE or OPPORTUNISTIC",
    PROVIDER,
  ),
  limitAt(
    "group-update-action",
    MANAGERS,
    ["update_policy"],
    "minimal_action",
    ACTIONS,
    "use NONE, REFRESH, RESTART or REPLACE",
    PROVIDER,
  ),
  limitAt(
    "group-update-disruption",
    MANAGERS,
    ["update_policy"],
    "most_disruptive_allowed_action",
    ACTIONS,
    "use NONE, REFRESH, RESTART or REPLACE",
    PROVIDER,
  ),
  limit(
    "group-replacement-method",
    MANAGERS,
    "update_policy.replacement_method",
    oneOf("RECREATE", "SUBSTITUTE", ""),
    "use SUBSTITUTE or RECREATE",
    PROVIDER,
  ),
  limit(
    "group-redistribution",
    REGIONAL_MANAGER,
    "update_policy.instance_redistribution_type",
    oneOf("PROACTIVE", "NONE", ""),
    "use PROACTIVE or NONE",
    PROVIDER,
  ),
  limit("group-surge-percent", MANAGERS, "update_policy.max_surge_percent", integer(0, 100), "give 0 to 100", PROVIDER),
  limit(
    "group-unavailable-percent",
    MANAGERS,
    "update_policy.max_unavailable_percent",
    integer(0, 100),
    "give 0 to 100",
    PROVIDER,
  ),
  limit("group-version-percent", MANAGERS, "version.target_size.percent", integer(0, 100), "give 0 to 100", PROVIDER),
  limit(
    "group-failure-action",
    MANAGERS,
    "instance_lifecycle_policy.default_action_on_failure",
    oneOf("REPAIR", "DO_NOTHING"),
    "use REPAIR or DO_NOTHING",
    PROVIDER,
  ),
  limit(
    "group-force-update",
    MANAGERS,
    "instance_lifecycle_policy.force_update_on_repair",
    oneOf("YES", "NO"),
    "use YES or NO",
    PROVIDER,
  ),
  limit(
    "group-standby-mode",
    MANAGERS,
    "standby_policy.mode",
    oneOf("MANUAL", "SCALE_OUT_POOL"),
    "use MANUAL or SCALE_OUT_POOL",
    PROVIDER,
  ),
  limit(
    "group-standby-delay",
    MANAGERS,
    "standby_policy.initial_delay_sec",
    integer(0, 3600),
    "give at most an hour",
    api("InstanceGroupManagerStandbyPolicy.initialDelaySec"),
  ),
];
