import type { OldRule as Rule } from "../old-rule";
import { cloudRunContainerRules } from "./cloud-run-container";
import { cloudRunGpuRules } from "./cloud-run-gpu";
import { cloudRunLimitRules } from "./cloud-run-limits";
import { cloudRunNetworkRules } from "./cloud-run-network";
import { cloudRunProbeRules } from "./cloud-run-probes";
import { cloudRunReachRules } from "./cloud-run-reach";
import { cloudRunServiceRules } from "./cloud-run-service";
import { cloudRunSizingRules } from "./cloud-run-sizing";
import { cloudRunTrafficRules } from "./cloud-run-traffic";
import { cloudRunVolumeRules } from "./cloud-run-volumes";

/** Cloud Run services, jobs and worker pools. */
export const cloudRunRules: readonly Rule[] = [
  ...cloudRunLimitRules,
  ...cloudRunServiceRules,
  ...cloudRunSizingRules,
  ...cloudRunGpuRules,
  ...cloudRunContainerRules,
  ...cloudRunProbeRules,
  ...cloudRunVolumeRules,
  ...cloudRunNetworkRules,
  ...cloudRunTrafficRules,
  ...cloudRunReachRules,
];
