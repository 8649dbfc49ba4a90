import { blockOf } from "../topology/document";
import { isKnown, numberOf, textOf } from "../topology/value";
import type { OldRule as Rule } from "./old-rule";

const MEASURED = "measured with Terraform 1.11.4 and hashicorp/google 6.50.0, 2026-10";

/** Settings after which every plan shows a difference, though nothing has changed. */
export const changeDriftRules: readonly Rule[] = [
  {
    id: "drift-run-limits",
    title: "resource limits of a Cloud Run container name both cpu and memory",
    severity: "warning",
    why: "The API fills in the other one, and before provider 7.44 every plan wants to take it away again. A warning, because newer providers do not.",
    fix: "set both limits.cpu and limits.memory",
    source: MEASURED,
    check(topology, report) {
      for (const { service, containers } of topology.cloudRunTargets) {
        containers.forEach((container, index) => {
          const resources = blockOf(container.resources);
          const limits = blockOf(resources?.limits);
          if (!limits) return;
          for (const name of ["cpu", "memory"]) {
            if (limits[name] === undefined)
              report(service, `template.containers.${index}.resources.limits.${name}`, undefined);
          }
        });
      }
    },
  },
  {
    id: "drift-run-scaling",
    title: "template.scaling of a Cloud Run service has both a minimum and a maximum",
    severity: "warning",
    why: "The API fills in the other one, and before provider 7.44 every plan wants to take it away again. A warning, because newer providers do not.",
    fix: "set both min_instance_count and max_instance_count",
    source: MEASURED,
    check(topology, report) {
      for (const { service, template } of topology.cloudRunTargets) {
        const scaling = blockOf(template?.scaling);
        if (!scaling) continue;
        for (const name of ["min_instance_count", "max_instance_count"]) {
          if (scaling[name] === undefined) report(service, `template.scaling.${name}`, undefined);
        }
      }
    },
  },
  {
    id: "drift-run-service-scaling",
    title: "scaling of a Cloud Run service with a minimum of 0 says its scaling_mode",
    severity: "warning",
    why: "Where the API returns no block for a bare minimum of 0, every plan before provider 7.15 wants to add it again. A warning, because newer providers do not.",
    fix: 'add scaling_mode = "AUTOMATIC", which also lets a minimum be lowered to 0 with provider 7: leaving the block out keeps the old one',
    source: MEASURED,
    check(topology, report) {
      for (const { service } of topology.cloudRunTargets) {
        const scaling = blockOf(service.values.scaling);
        if (!scaling || !isKnown(scaling)) continue;
        const others = Object.keys(scaling).filter((name) => name !== "min_instance_count");
        if (numberOf(scaling.min_instance_count) === 0 && others.length === 0)
          report(service, "scaling.min_instance_count", 0);
      }
    },
  },
  {
    id: "drift-ipv6-version",
    title: "a forwarding rule on an IPv6 address says ip_version",
    severity: "error",
    why: "The API returns IPV6, and since ip_version forces replacement, every apply takes the forwarding rule down.",
    fix: 'set ip_version = "IPV6"',
    source: MEASURED,
    check(topology, report) {
      for (const { rule, isGlobal, address } of topology.frontends) {
        const literal = textOf(rule.values.ip_address);
        const isIpv6 = textOf(address?.values.ip_version) === "IPV6" || literal?.includes(":") === true;
        if (isGlobal && isIpv6 && rule.values.ip_version === undefined) report(rule, "ip_version", undefined);
      }
    },
  },
];
