import { page, provider, unconfirmed } from "../google/source";
import { ipv4Range } from "../language/ip-range";
import { schemeOf } from "../topology/backends";
import { blocksOf } from "../topology/document";
import { FIREWALL, isIngress, lets, opens, portOf, reachedGroups } from "../topology/firewalls";
import { isProxyOnly } from "../topology/subnetworks";
import type { Topology } from "../topology/topology";
import { booleanOf, isKnown, textOf } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const PROBE_RANGES = ["35.191.0.0/16", "130.211.0.0/22"];
const firewalls = blocks(FIREWALL);
const groups = (topology: Topology) => topology.once(reachedGroups);

/** Firewall rules, and what load balancers need of them. */
export const firewallRules: readonly Rule[] = [
  rule("firewall-source", firewalls, {
    title: "an ingress rule must have a source",
    why: "The provider rejects it. An empty list is one: it means everywhere.",
    fix: "set source_ranges",
    source: provider(`${FIREWALL} 7.45.0`, "plan"),
    judge({ block }, blame) {
      const given = [block.source_ranges, block.source_tags, block.source_service_accounts];
      if ((textOf(block.direction ?? "INGRESS") ?? "EGRESS") !== "EGRESS" && given.every((each) => each == null))
        blame("source_ranges", undefined);
    },
  }),
  rule("firewall-open-admin", firewalls, {
    title: "SSH, RDP and all ports together must not be open to the internet",
    advice: true,
    why: "Anyone may try to log in. The instances may have no external address.",
    fix: "allow 35.235.240.0/20 and use IAP tunnels, or name the ports that serve",
    source: unconfirmed("docs.cloud.google.com/iap/docs/using-tcp-forwarding"),
    judge({ block }, blame) {
      const isOpen = [block.source_ranges].flat().some((each) => /^(0\.0\.0\.0|::)\/0$/.test(`${each}`));
      if (!isOpen || !isIngress(block) || booleanOf(block.disabled)) return;
      blocksOf(block.allow).forEach(({ protocol, ports }, index) => {
        if (!/^(all|tcp|6)$/i.test(`${protocol}`) || !isKnown(ports)) return;
        if (opens(ports, 22) || opens(ports, 3389)) blame(`allow.${index}`, { protocol, ports });
      });
    },
  }),
  rule("firewall-health-checks", groups, {
    title: "a firewall rule must let health checks reach an instance group behind a load balancer",
    advice: true,
    why: "Networks deny ingress by default: all instances count as unhealthy. The rule may be in another stack.",
    fix: "allow tcp on the probed port from 35.191.0.0/16 and 130.211.0.0/22 to the instances",
    source: page("load-balancing/docs/health-check-concepts"),
    judge({ group, network, applying }, blame, topology) {
      group.backends.forEach(({ backend }, index) => {
        if (!backend.isGlobal && schemeOf(backend) === "EXTERNAL") return;
        const port = portOf(topology, group, index);
        const reaches = (range: string) =>
          applying.some((each) => lets(topology.document, each, ipv4Range(range)!, port));
        const missing = PROBE_RANGES.filter((range) => !reaches(range));
        const detail = `no rule of ${network.address} lets them to port ${port ?? "any"}`;
        if (missing.length > 0) blame("version.instance_template", missing, detail);
      });
    },
  }),
  rule("firewall-proxy-subnet", groups, {
    title: "a firewall rule must let the proxies of a regional load balancer reach its instance group",
    advice: true,
    why: "Requests come from the proxy-only subnetwork, not from Google's global ranges: they time out. The rule may be in another stack.",
    fix: "allow tcp on the serving port from the range of the proxy-only subnetwork",
    source: unconfirmed("docs.cloud.google.com/load-balancing/docs/proxy-only-subnets"),
    judge({ group, network, applying }, blame, { document }) {
      if (!group.backends.some(({ backend }) => !backend.isGlobal && schemeOf(backend)?.endsWith("_MANAGED"))) return;
      for (const proxy of document.ofType("google_compute_subnetwork").filter(isProxyOnly)) {
        const { ip_cidr_range: text, network: reference, region } = proxy.values;
        const range = ipv4Range(textOf(text) ?? "");
        const isHere = document.target(reference) === network && textOf(region) === group.region;
        if (range && isHere && !applying.some((each) => lets(document, each, range, undefined)))
          blame("version.instance_template", text, proxy.address);
      }
    },
  }),
];
