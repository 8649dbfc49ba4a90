import { api, page, unconfirmed } from "../google/source";
import { covers } from "../language/host-name";
import { isExpression, soleReference } from "../language/reference";
import { schemeOf } from "../topology/backends";
import { isDomain } from "../topology/certificates";
import { type Block, blockOf, type Resource } from "../topology/document";
import { reachedGroups } from "../topology/firewalls";
import { type Frontend, schemeOfRule } from "../topology/frontends";
import { groupBy } from "../topology/group-by";
import {
  addressesKnown,
  answerAt,
  answeredBy,
  frontendsAt,
  frontendsByAddress,
  frontendsOf,
  portOfFrontend,
  type Served,
  servedBy,
} from "../topology/hosts";
import { addressOf, recordSets } from "../topology/record-sets";
import type { Topology } from "../topology/topology";
import type { UrlMapAnswer, UrlMapRequest } from "../topology/url-map-answer";
import { readUrlMaps } from "../topology/url-maps";
import { booleanOf, isSet, isUnset, numberOf, textOf, textOrDefault } from "../topology/value";
import { isDenied, probeOf, requestOf } from "./denied-probe";
import { type Rule, rule } from "./rule";

const compute = api("Compute API v1");
const monitoring = api("Cloud Monitoring API v3");
const isExternal = ({ rule }: Frontend) => schemeOfRule(rule)?.startsWith("EXTERNAL") === true;
const versionOf = ({ values }: Resource) => textOrDefault(values.ip_version || undefined, "IPV4");

/**
 * Global front ends with an address whose twin, of the other IP version in front of the same proxy,
 * has nothing on that port.
 */
function* onOneVersion(topology: Topology) {
  if (!topology.once(addressesKnown)) return;
  const all = topology.frontends.filter(({ isGlobal, proxy, address }) => isGlobal && proxy && address);
  const byProxy = groupBy(all, ({ proxy }) => proxy?.address);
  for (const frontends of topology.once(frontendsByAddress).values()) {
    const address = frontends[0]!.address!;
    const inFront = frontends.flatMap(({ proxy }) => (proxy ? (byProxy.get(proxy.address) ?? []) : []));
    const twin = inFront.find((each) => {
      const versions = [address, each.address!].map(versionOf);
      return !versions.includes(undefined) && versions[0] !== versions[1];
    })?.address;
    const ports = twin && frontendsAt(topology, twin).map(portOfFrontend);
    if (!ports || ports.includes(undefined)) continue;
    for (const frontend of frontends) {
      const port = portOfFrontend(frontend);
      if (port !== undefined && !ports.includes(port)) yield { resource: frontend.rule, port, twin };
    }
  }
}

/** Plain HTTP front ends that send clients to https at the same host. */
function redirecting(topology: Topology) {
  return topology.frontends.filter(
    (each) =>
      each.protocol === "HTTP" &&
      isExternal(each) &&
      topology
        .routesOf(each.urlMap)
        .some(
          ({ redirect }) =>
            redirect && booleanOf(redirect.https_redirect) === true && isUnset(redirect, "host_redirect"),
        ),
  );
}

/** Records of addresses, with the address resources that they point at. */
function readPointing(topology: Topology) {
  return topology
    .once(recordSets)
    .filter(({ type }) => type === "A" || type === "AAAA")
    .map((record) => ({
      ...record,
      addresses: record.data.flatMap(({ at, value }) => {
        const address = addressOf(topology, value)?.resource;
        return address ? [{ place: at, address }] : [];
      }),
    }));
}

const pointing = (topology: Topology) => topology.once(readPointing);

/** Hosts that a proxy has certificates for, where all of them are known. */
function hostsOf({ certifiedHosts }: Frontend): readonly string[] | undefined {
  const hosts = certifiedHosts?.map((host) => host.toLowerCase().replace(/\.$/, ""));
  return hosts?.length && hosts.every(isDomain) ? hosts : undefined;
}

/** HTTPS front ends, one for each proxy. */
function httpsProxies({ frontends }: Topology) {
  const https = frontends.filter((each) => each.protocol === "HTTPS" && each.proxy && isExternal(each));
  return [...new Map(https.map((each) => [each.proxy, { ...each, resource: each.proxy! }])).values()];
}

/**
 * Public zones of this document whose records are all known, by the name of the zone, with the
 * names of the records.
 */
function readZones(topology: Topology) {
  const { document } = topology;
  const records = topology.once(recordSets);
  const zones = document.ofType("google_dns_managed_zone").flatMap((zone) => {
    const name = textOf(zone.values.dns_name)?.toLowerCase().replace(/\.$/, "");
    const isPublic = isUnset(zone.values, "visibility") || zone.values.visibility === "public";
    return name && isPublic ? [{ zone, name }] : [];
  });
  const inZone = groupBy(records, ({ zone }) => zone?.address);
  const isOpen = document.json.module !== undefined || records.some(({ name }) => name === undefined);
  return isOpen
    ? []
    : zones.map(({ zone, name }) => ({
        name,
        records: (inZone.get(zone.address) ?? []).map((each) => ({
          type: each.type,
          name: each.name!.replace(/\.$/, ""),
        })),
      }));
}

/** A name and what is above it. */
const upwards = (host: string) => host.split(".").map((_label, index, labels) => labels.slice(index).join("."));

const names: readonly Rule[] = [
  rule("reach-ip-versions", onOneVersion, {
    title: "a port that is open over one IP version must be open over the other where the load balancer has both",
    advice: true,
    why: "Clients use the version that they have, most of them IPv6 first: theirs refuses the connection.",
    fix: "add a forwarding rule for the port on the other address",
    source: compute("ForwardingRule.IPAddress"),
    judge: ({ port, twin }, blame) => blame("port_range", port, `not on ${twin!.address}`),
  }),
  rule("reach-https-redirect", redirecting, {
    title: "an address that redirects to HTTPS must listen on port 443",
    advice: true,
    why: "Clients follow the redirect to the same host, and nothing answers there. The other rule may be in another stack.",
    fix: "add a forwarding rule with port_range = 443 and an HTTPS proxy on the address",
    source: compute("HttpRedirectAction.httpsRedirect"),
    judge({ address }, blame, topology) {
      if (!address || address.isData || !topology.once(addressesKnown)) return;
      const ports = frontendsAt(topology, address).map(portOfFrontend);
      if (!ports.includes(undefined) && !ports.includes(443)) blame("ip_address", address.address);
    },
  }),
  rule("reach-record-served", pointing, {
    title: "a DNS record must point at an address that something listens on",
    advice: true,
    why: "Clients of the name get no connection. What listens may be in another stack.",
    fix: "set ip_address of a forwarding rule to the address, or point the record at the one that is in use",
    source: compute("ForwardingRule.IPAddress"),
    judge({ addresses }, blame, topology) {
      if (!topology.once(addressesKnown)) return;
      for (const { place, address } of addresses) {
        const users = topology.referrers(address.address).filter(({ type }) => !OBSERVERS.test(type));
        if (users.length === 0 && !topology.once(readHandedOn).has(address.address)) blame(place, address.address);
      }
    },
  }),
  rule("reach-record-certified", pointing, {
    title: "a name that leads to an HTTPS front end must be in one of its certificates",
    advice: true,
    why: "Clients get a certificate for another name and refuse the connection, unless they use plain HTTP only.",
    fix: "add a certificate, and a map entry for the name, or remove the record",
    source: api("Certificate Manager API v1")("CertificateMapEntry.hostname"),
    judge({ name, addresses }, blame, topology) {
      const host = name?.replace(/\.$/, "");
      if (host === undefined || !isDomain(host)) return;
      for (const { address } of addresses) {
        const https = frontendsAt(topology, address).filter(({ protocol }) => protocol === "HTTPS");
        const hosts = https.map(hostsOf);
        if (https.length === 0 || hosts.includes(undefined)) continue;
        if (!hosts.some((each) => each!.some((certified) => covers(certified, host))))
          return blame("name", host, `${https[0]!.proxy!.address} has ${hosts.flat().join(", ")}`);
      }
    },
  }),
  rule("reach-host-announced", httpsProxies, {
    title: "a host with a certificate must have a record in its zone",
    advice: true,
    why: "Nobody finds the load balancer by that name. The record may be managed elsewhere.",
    fix: "add google_dns_record_set resources of type A and AAAA with the load balancer's addresses",
    source: unconfirmed("docs.cloud.google.com/load-balancing/docs/https/setting-up-global-ext-https-serverless"),
    judge(frontend, blame, topology) {
      for (const host of hostsOf(frontend) ?? []) {
        if (host.startsWith("*.")) continue;
        const above = upwards(host);
        const [zone] = topology
          .once(readZones)
          .filter(({ name }) => above.includes(name))
          .sort((a, b) => b.name.length - a.name.length);
        const isThere = zone?.records.some(
          ({ name, type }) =>
            (name === host && /^(A|AAAA|CNAME|ALIAS|HTTPS)$/.test(`${type}`)) ||
            (type === "NS" && name !== zone.name && above.includes(name)) ||
            (name.startsWith("*.") && above.slice(1).includes(name.slice(2))),
        );
        if (zone && !isThere) blame("certificate_map", host, `zone ${zone.name}`);
      }
    },
  }),
];

/** Addresses of resources that outputs, locals and modules refer to. */
function readHandedOn({ document }: Topology): ReadonlySet<string> {
  const { locals, module } = document.json;
  return new Set(document.references([document.outputs, locals, module]).map(({ address }) => address));
}

/** What watches an address, and does not listen on it. */
const OBSERVERS = /^google_(dns_record_set|monitoring_)/;

/** Uptime checks of addresses and names that lead to front ends of this document. */
function readChecks(topology: Topology) {
  return topology.document.ofType("google_monitoring_uptime_check_config").flatMap((resource) => {
    const { values } = resource;
    const host = blockOf(blockOf(values.monitored_resource)?.labels)?.host;
    const kind = blockOf(values.http_check) ? "http_check" : "tcp_check";
    const check = blockOf(values[kind]);
    const frontends = check && frontendsOf(topology, host);
    if (!frontends) return [];
    const isTls = booleanOf(check.use_ssl) === true;
    const isPlain = isUnset(check, "use_ssl") || booleanOf(check.use_ssl) === false;
    const byDefault = kind === "tcp_check" || (!isTls && !isPlain) ? undefined : isTls ? 443 : 80;
    const port = isUnset(check, "port") ? byDefault : numberOf(check.port);
    const ports = frontends.map(portOfFrontend);
    const asked = ports.includes(undefined) || !port ? [] : frontends.filter((each) => portOfFrontend(each) === port);
    return [{ resource, at: kind, check, host, port, ports, asked }];
  });
}

const checks = (topology: Topology) => topology.once(readChecks);

/** Whether a check shows who it is, or counts a refusal as an answer, as far as that is known. */
const mayGetIn = (check: Block) =>
  ["auth_info", "service_agent_authentication", "headers", "accepted_response_status_codes"].some(
    (name) => !isUnset(check, name),
  );

/** What an HTTP check asks its host for; undefined where Terraform computes it. */
function askedFor(check: Block, host: unknown): Omit<UrlMapRequest, "scheme"> | undefined {
  const request = requestOf(check);
  const headers = request?.headers.map(([name, value]) => [name, textOf(value)] as const);
  if (!request || !headers || headers.some(([, value]) => value === undefined)) return undefined;
  // An address that is not known yet is no host of any host rule.
  return { ...request, host: textOf(host) ?? "", headers: Object.fromEntries(headers) as Record<string, string> };
}

/** What answers an HTTP check at a front end, as far as its route is known. */
function answeredTo(topology: Topology, frontend: Frontend, check: Block, host: unknown): Served | undefined {
  const request = askedFor(check, host);
  return request ? answeredBy(topology, frontend, request) : servedBy(topology, frontend);
}

/** Whether a route answers every request with a made-up failure. */
function isAborted({ action }: UrlMapAnswer): boolean {
  return numberOf(blockOf(blockOf(action?.fault_injection_policy)?.abort)?.percentage) === 100;
}

const uptime: readonly Rule[] = [
  rule("reach-uptime-path", checks, {
    title: "an uptime check must ask for a path that a backend answers",
    advice: true,
    why: "The route aborts every request with a made-up error: the check always fails.",
    fix: "set http_check.path to one that a route serves, or accept the status in accepted_response_status_codes",
    source: compute("HttpFaultAbort.percentage"),
    judge({ at, check, host, asked }, blame) {
      const request = at === "http_check" ? askedFor(check, host) : undefined;
      if (!request || asked.length === 0 || !isUnset(check, "accepted_response_status_codes")) return;
      const answers = asked.map((each) => answerAt(each, request));
      if (answers.every((answer) => answer?.isCertain && !answer.redirect && isAborted(answer)))
        blame("path", check.path, answers[0]!.at || asked[0]!.urlMap!.address);
    },
  }),
  rule("reach-uptime-port", checks, {
    title: "an uptime check must ask a port that its host listens on",
    advice: true,
    why: "The check fails at once and for ever. What listens there may be in another stack.",
    fix: "set port and use_ssl to those of a forwarding rule: 443 and true for HTTPS",
    source: monitoring("HttpCheck.port"),
    judge({ port, ports, check }, blame) {
      if (port !== undefined && !ports.includes(undefined) && !ports.includes(port))
        blame("port", check.port, `asks ${port}, listens on ${[...new Set(ports)].join(", ")}`);
    },
  }),
  rule("reach-uptime-certificate", checks, {
    title: "an uptime check that validates certificates must ask for a host that they name",
    advice: true,
    why: "The check sees a certificate for another name, and fails.",
    fix: "set monitored_resource.labels.host to a domain of the certificates",
    source: monitoring("HttpCheck.validateSsl"),
    judge({ check, host, asked }, blame) {
      const isChecked = booleanOf(check.validate_ssl) === true && booleanOf(check.use_ssl) === true;
      const hosts = asked.filter(({ protocol }) => protocol === "HTTPS").map(hostsOf);
      if (!isChecked || hosts.length === 0 || hosts.includes(undefined)) return;
      const name = soleReference(host) ? undefined : textOf(host);
      if (!hosts.flat().some((each) => name !== undefined && covers(each!, name)))
        blame("validate_ssl", true, `${hosts.flat().join(", ")}, not ${String(host)}`);
    },
  }),
  rule("reach-uptime-refused", checks, {
    title: "an uptime check of a protected API must show a token, or accept the refusal",
    advice: true,
    why: "What answers this path asks for a token or a sign-in: the check gets 401, 403 or a redirect.",
    fix: "set service_agent_authentication, or accepted_response_status_codes with 403, or route a path that needs no token",
    source: monitoring("HttpCheck.serviceAgentAuthentication"),
    judge({ at, check, host, asked }, blame, topology) {
      if (at !== "http_check" || mayGetIn(check) || asked.length === 0) return;
      if (asked.every((each) => answeredTo(topology, each, check, host)?.isProtected))
        blame("service_agent_authentication", undefined, asked[0]!.rule.address);
    },
  }),
  rule("reach-uptime-denied", checks, {
    title: "an uptime check must be let through by Cloud Armor",
    advice: true,
    why: "The policy of every backend that answers this path denies the check's request, so that it always fails.",
    fix: "send the key in http_check.headers, or exempt the path from the rule: keylessPaths of EdgeSecurity",
    source: compute("SecurityPolicyRule.match"),
    judge({ at, check, host, asked }, blame, topology) {
      const request = at === "http_check" ? probeOf(check) : undefined;
      if (!request || asked.length === 0) return;
      const served = asked.map((each) => answeredTo(topology, each, check, host));
      if (served.every((each) => each?.backends.every((backend) => isDenied(topology, backend, request))))
        blame("path", check.path);
    },
  }),
];

/** Backends that nothing in the document leads to, where all of its URL maps are known. */
function unrouted(topology: Topology) {
  const maps = topology.once(readUrlMaps);
  if (maps.length === 0 || maps.some(({ isComplete }) => !isComplete)) return [];
  const handedOn = topology.once(readHandedOn);
  return topology.backends.filter(
    // One without groups has a finding of its own.
    ({ resource: { address }, kind, groups }) =>
      (kind === "bucket" || groups.length > 0) &&
      !handedOn.has(address) &&
      topology.referrers(address).every(({ type, isData }) => isData || ATTACHED.test(type)),
  );
}

/** What belongs to a backend, and does not lead to it. */
const ATTACHED = /_iam_(member|binding|policy)$|_signed_url_key$|^google_(monitoring|logging)_/;

const backends: readonly Rule[] = [
  rule("reach-backend-routed", unrouted, {
    title: "a backend must be reached by a route",
    advice: true,
    why: "No request gets there. A URL map of another stack may lead to it.",
    fix: "name it in the URL map: as default_service, in a path_rule or in route_rules",
    source: compute("UrlMap"),
    judge: ({ resource }, blame) => blame("name", resource.values.name),
  }),
  rule("reach-ipv6-health-checks", (topology) => topology.once(reachedGroups), {
    title: "a firewall rule must let IPv6 health checks and requests reach a group that is used over IPv6",
    advice: true,
    why: "They come from IPv6 ranges of Google's, which IPv4 ranges do not allow. The rule may be in another stack.",
    fix: "allow tcp on the serving port from 2600:2d00:1:b029::/64 and 2600:2d00:1:1::/64",
    source: page("load-balancing/docs/health-check-concepts"),
    judge({ group, applying }, blame) {
      for (const { backend } of group.backends) {
        const policy = textOf(backend.resource.values.ip_address_selection_policy);
        if (!backend.isGlobal || schemeOf(backend) === "EXTERNAL" || !/IPV6/.test(policy ?? "")) continue;
        if (!applying.some(letsIpv6)) return blame("version.instance_template", policy, backend.resource.address);
      }
    },
  }),
];

/** Whether a firewall rule may let something through from an IPv6 range. */
function letsIpv6({ values }: Resource): boolean {
  const { source_ranges: ranges } = values;
  if (!isSet(values.allow) && isUnset(values, "allow")) return false;
  // The range of a subnetwork is IPv4.
  const mayBe = (each: unknown) =>
    soleReference(each)?.attribute !== "ip_cidr_range" && (isExpression(each) || String(each).includes(":"));
  return isExpression(ranges) || (Array.isArray(ranges) && ranges.some(mayBe));
}

/** Whether every client reaches what it is routed to, and all that is announced is served. */
export const reachRules: readonly Rule[] = [...names, ...uptime, ...backends];
