import type { Backend, Group } from "../../topology/backends";
import type { Topology } from "../../topology/topology";
import { textOrDefault } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import type { About, Blame } from "../places";

/** A rule on each backend service, global and regional. */
export function serviceRule(about: About, judge: (backend: Backend, blame: Blame, topology: Topology) => void): Rule {
  return {
    ...about,
    severity: about.severity ?? "error",
    check(topology, report) {
      for (const backend of topology.backends) {
        if (backend.kind !== "service") continue;
        judge(backend, (attribute, value, detail) => report(backend.resource, attribute, value, detail), topology);
      }
    },
  };
}

/** The scheme that a backend service will have; undefined where Terraform computes it. */
export function schemeOf(backend: Backend): string | undefined {
  if (backend.kind === "bucket") return undefined;
  return textOrDefault(backend.resource.values.load_balancing_scheme, backend.isGlobal ? "EXTERNAL" : "INTERNAL");
}

/** Whether a backend service of one scheme can stand behind a forwarding rule of another: EXTERNAL_MANAGED ones can be attached to classic rules. */
export function fits(ruleScheme: string, backendScheme: string): boolean {
  return ruleScheme === backendScheme || (ruleScheme === "EXTERNAL" && backendScheme === "EXTERNAL_MANAGED");
}

/** The protocol that a backend service will have; undefined where Terraform computes it. */
export function protocolOf(backend: Backend): string | undefined {
  const passthrough = ["INTERNAL", "EXTERNAL"].includes(schemeOf(backend) ?? "") && !backend.isGlobal;
  return textOrDefault(backend.resource.values.protocol, passthrough ? "TCP" : "HTTP");
}

export function isHttp(protocol: string | undefined): boolean {
  return protocol !== undefined && ["HTTP", "HTTPS", "HTTP2", "H2C", "GRPC"].includes(protocol);
}

export function isZonalNeg({ resource }: Group): boolean {
  return resource?.type === "google_compute_network_endpoint_group";
}
