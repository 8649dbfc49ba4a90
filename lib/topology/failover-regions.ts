import type { Backend } from "./backends";
import type { CloudRunTarget } from "./cloud-run-targets";
import type { Block, Resource } from "./document";
import type { Topology } from "./topology";
import { isKnown, numberOf } from "./value";

/**
 * A global backend service over several Cloud Run regions whose NEGs and services are all in the
 * document.
 */
export interface FailoverRegions {
  readonly resource: Resource;
  readonly backend: Backend;
  readonly targets: readonly { readonly target: CloudRunTarget; readonly neg: Resource }[];
  /**
   * Whether outlier detection can eject one of them; undefined where Terraform computes what
   * decides.
   */
  readonly ejects?: boolean;
}

export function readFailoverRegions(topology: Topology): FailoverRegions[] {
  return topology.backends.flatMap((backend) => {
    const { groups, resource } = backend;
    if (!backend.groupsKnown || !backend.isGlobal || groups.length < 2) return [];
    const targets = groups.flatMap(({ resource: neg }) => {
      const target = neg && topology.cloudRunBehind(neg);
      return target ? [{ target, neg }] : [];
    });
    if (targets.length < groups.length) return [];
    return [{ resource, backend, targets, ejects: canEject(backend.outlierDetection, targets.length) }];
  });
}

function canEject(detection: Block | undefined, regions: number): boolean | undefined {
  if (!detection) return false;
  if (!isKnown(detection)) return undefined;
  const errors = numberOf(detection.enforcing_consecutive_errors) ?? 0;
  const gateway = numberOf(detection.enforcing_consecutive_gateway_failure) ?? 100;
  const percent = numberOf(detection.max_ejection_percent) ?? 50;
  return (errors > 0 || gateway > 0) && percent >= Math.ceil(100 / regions);
}
