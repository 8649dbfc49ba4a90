import { isExpression } from "../../language/reference";
import { blocksOf } from "../../topology/document";
import { booleanOf, isComputed, isKnown, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { firewallPathRules } from "./firewall-paths";
import { isIngress, opens } from "./firewall-reach";
import { FIREWALL } from "./network-limits";

const SOURCES = ["source_ranges", "source_tags", "source_service_accounts"];
const WITH_PORTS = ["tcp", "udp", "sctp", "6", "17", "132"];

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

const shapeRules: readonly Rule[] = [
  resourceRule(
    {
      id: "firewall-allow-deny",
      title: "a firewall rule allows or denies, not both",
      why: "The provider refuses both, and neither.",
      fix: "keep allow or deny; make a second rule for the other",
      source: "google_compute_firewall, provider code 7.45.0 (ExactlyOneOf); checked here before Terraform runs",
    },
    FIREWALL,
    ({ values }, blame) => {
      if (isComputed(values, "allow") || isComputed(values, "deny")) return;
      if (isSet(values.allow) === isSet(values.deny)) blame(isSet(values.deny) ? "deny" : "allow", values.deny);
    },
  ),
  resourceRule(
    {
      id: "firewall-port-protocol",
      title: "only tcp, udp and sctp have ports",
      why: "The API rejects ports on other protocols and on all.",
      fix: "take ports away, or name the protocol",
      source: api("Firewall.allowed"),
    },
    FIREWALL,
    ({ values }, blame) => {
      for (const action of ["allow", "deny"]) {
        blocksOf(values[action]).forEach(({ protocol, ports }, index) => {
          const text = textOf(protocol)?.toLowerCase();
          if (isSet(ports) && text !== undefined && !WITH_PORTS.includes(text))
            blame(`${action}.${index}.ports`, ports, text);
        });
      }
    },
  ),
  resourceRule(
    {
      id: "firewall-tags-accounts",
      title: "a firewall rule selects by network tags or by service accounts",
      why: "The provider refuses the two together.",
      fix: "keep tags or service accounts",
      source: api("Firewall.sourceServiceAccounts"),
    },
    FIREWALL,
    ({ values }, blame) => {
      const tags = ["source_tags", "target_tags"].find((name) => isSet(values[name]));
      const accounts = ["source_service_accounts", "target_service_accounts"].find((name) => isSet(values[name]));
      if (tags && accounts) blame(accounts, values[accounts], `beside ${tags}`);
    },
  ),
  resourceRule(
    {
      id: "firewall-source",
      title: "an ingress rule says from where, an egress rule does not",
      why: "The provider refuses an ingress rule without a source, the API an egress rule with one.",
      fix: "set source_ranges on an ingress rule, destination_ranges on an egress rule",
      source: `${api("Firewall.direction")}; google_compute_firewall, provider code 7.45.0`,
    },
    FIREWALL,
    (firewall, blame) => {
      const { values } = firewall;
      if (isExpression(values.direction)) return;
      const given = SOURCES.find((name) => values[name] !== undefined && values[name] !== null);
      if (isIngress(firewall) && given === undefined) blame("source_ranges", undefined);
      if (!isIngress(firewall) && given !== undefined && isSet(values[given])) blame(given, values[given]);
    },
  ),
  resourceRule(
    {
      id: "firewall-ip-versions",
      title: "the ranges of a firewall rule are all IPv4 or all IPv6",
      why: "The API rejects a mixture.",
      fix: "make one rule for each IP version",
      source: "docs.cloud.google.com/firewall/docs/firewalls, from general knowledge, 2026-11",
    },
    FIREWALL,
    ({ values }, blame) => {
      for (const name of ["source_ranges", "destination_ranges"]) {
        const ranges = values[name];
        const known = Array.isArray(ranges) ? ranges.flatMap((range) => textOf(range) ?? []) : [];
        const six = known.filter((range) => range.includes(":")).length;
        if (six > 0 && six < known.length) blame(name, ranges);
      }
    },
  ),
  resourceRule(
    {
      id: "firewall-open-admin",
      title: "SSH, RDP and all ports together are not open to the internet",
      severity: "warning",
      why: "Anyone may try. Not an error, because the instances may have no external address.",
      fix: "allow 35.235.240.0/20 and use IAP tunnels, or name the ports that serve",
      source: "docs.cloud.google.com/iap/docs/using-tcp-forwarding, from general knowledge, 2026-11",
    },
    FIREWALL,
    (firewall, blame) => {
      const ranges = firewall.values.source_ranges;
      if (!isIngress(firewall) || booleanOf(firewall.values.disabled) === true || !Array.isArray(ranges)) return;
      if (!ranges.some((range) => range === "0.0.0.0/0" || range === "::/0")) return;
      blocksOf(firewall.values.allow).forEach(({ protocol, ports }, index) => {
        const text = textOf(protocol)?.toLowerCase();
        if (text !== "all" && text !== "tcp" && text !== "6") return;
        if (isExpression(ports) || (Array.isArray(ports) && !isKnown(ports))) return;
        const open = !isSet(ports) || [22, 3389].some((port) => opens(ports, port));
        if (open) blame(`allow.${index}`, { protocol, ports });
      });
    },
  ),
];

/** Firewall rules, and what load balancers need of them. */
export const firewallRules: readonly Rule[] = [...shapeRules, ...firewallPathRules];
