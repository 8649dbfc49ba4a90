import { isExpression, soleReference } from "../../language/reference";
import type { Resource } from "../../topology/document";
import type { Frontend } from "../../topology/frontends";
import type { Topology } from "../../topology/topology";
import { isComputed, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { covers } from "./hosts";
import { locationOf, tlsCertificateRules } from "./tls-certificates";
import { tlsLimits } from "./tls-limits";

const HTTPS_PROXY = "google_compute_target_https_proxy";
const REGION_PROXY = "google_compute_region_target_https_proxy";
const SSL_PROXY = "google_compute_target_ssl_proxy";
const MAP = "google_certificate_manager_certificate_map";
const ENTRY = "google_certificate_manager_certificate_map_entry";
const PROVIDER = "provider documentation of google_compute_target_https_proxy 7.45.0";
const SSL_POLICIES = "provider documentation of google_compute_ssl_policy 7.45.0";

const PREFIX = "//certificatemanager.googleapis.com/";

/** Attributes that hold certificates. */
const SOURCES = ["ssl_certificates", "certificate_manager_certificates", "certificate_map"];

function proxies(topology: Topology): Resource[] {
  return [HTTPS_PROXY, REGION_PROXY, SSL_PROXY].flatMap((type) => topology.document.ofType(type));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** The certificate map that a proxy uses, where it is in the document. */
function mapOf(topology: Topology, proxy: Resource): Resource | undefined {
  const [reference] = topology.document.references(proxy.values.certificate_map);
  const map = reference && topology.document.at(reference.address);
  return map?.type === MAP ? map : undefined;
}

/** Entries by the address of their map; `unknown` where a map is not in the document. */
function entriesByMap(topology: Topology): { byMap: Map<string, Resource[]>; hasUnknown: boolean } {
  const byName = new Map(topology.document.ofType(MAP).map((map) => [textOf(map.values.name), map]));
  const byMap = new Map<string, Resource[]>();
  let hasUnknown = false;
  for (const entry of topology.document.ofType(ENTRY)) {
    const { map: reference } = entry.values;
    const map = topology.document.target(reference) ?? byName.get(textOf(reference) ?? "");
    if (!map) hasUnknown = true;
    else byMap.set(map.address, [...(byMap.get(map.address) ?? []), entry]);
  }
  return { byMap, hasUnknown };
}

/** Hosts that the URL maps route, by the address of the map. */
function routedHosts(topology: Topology): Map<string, Set<string>> {
  const byMap = new Map<string, Set<string>>();
  for (const { urlMap, hosts } of topology.routes) {
    const known = byMap.get(urlMap.address) ?? new Set();
    for (const host of hosts) known.add(host.replace(/:\d+$/, ""));
    byMap.set(urlMap.address, known);
  }
  return byMap;
}

/** Hosts that none of a front end's certificates serves. */
function uncovered(hosts: Iterable<string>, { certifiedHosts }: Frontend): string[] {
  if (!certifiedHosts || certifiedHosts.length === 0) return [];
  const certified = certifiedHosts.map((host) => host.replace(/\.$/, ""));
  return [...hosts].filter(
    (host) => /^(\*\.)?[^*]+$/.test(host) && host.includes(".") && !certified.some((each) => covers(each, host)),
  );
}

const relations: readonly Rule[] = [
  {
    id: "tls-host-covered",
    title: "a certificate of the HTTPS proxy serves each host that its URL map routes",
    severity: "error",
    why: "Clients get a certificate for another name, or none, and refuse the connection.",
    fix: "add a certificate, and a map entry for the host, or take the host out of the URL map",
    source: "Certificate Manager API v1, CertificateMapEntry.hostname, read 2026-11-22",
    check(topology, report) {
      const seen = new Set<string>();
      const hosts = routedHosts(topology);
      for (const frontend of topology.frontends) {
        if (frontend.protocol !== "HTTPS" || !frontend.proxy || seen.has(frontend.proxy.address)) continue;
        seen.add(frontend.proxy.address);
        const attribute = SOURCES.find((name) => !isEmpty(frontend.proxy!.values[name])) ?? "certificate_map";
        for (const host of uncovered(hosts.get(frontend.urlMap?.address ?? "") ?? [], frontend))
          report(frontend.proxy, attribute, frontend.certifiedHosts, host);
      }
    },
  },
  {
    id: "tls-proxy-certificate",
    title: "an HTTPS or SSL proxy has a certificate",
    severity: "error",
    why: "Google Cloud rejects a proxy without one; the provider does not notice before.",
    fix: "set certificate_map, or ssl_certificates",
    source: PROVIDER,
    check(topology, report) {
      for (const proxy of proxies(topology)) {
        if (proxy.values.server_tls_policy !== undefined || isComputed(proxy.values, "ssl_certificates")) continue;
        if (SOURCES.every((name) => isEmpty(proxy.values[name]))) report(proxy, "certificate_map", undefined);
      }
    },
  },
  {
    id: "tls-list-conflict",
    title: "a proxy has ssl_certificates or certificate_manager_certificates, not both",
    severity: "error",
    why: "The provider rejects both together.",
    fix: "leave one of the lists out",
    source: PROVIDER,
    check(topology, report) {
      for (const proxy of proxies(topology)) {
        const { ssl_certificates: list, certificate_manager_certificates: managed } = proxy.values;
        if (!isEmpty(list) && !isEmpty(managed)) report(proxy, "certificate_manager_certificates", managed);
      }
    },
  },
  {
    id: "tls-map-prefix",
    title: `certificate_map is ${PREFIX} and the id of a certificate map`,
    severity: "error",
    why: "Google Cloud rejects the bare id or name of a map.",
    fix: `write "${PREFIX}\${google_certificate_manager_certificate_map.NAME.id}"`,
    source: PROVIDER,
    check(topology, report) {
      for (const proxy of proxies(topology)) {
        const { certificate_map: value } = proxy.values;
        const map = mapOf(topology, proxy);
        if (!map || typeof value !== "string") continue;
        const reference = soleReference(value) ?? soleReference(value.slice(PREFIX.length));
        if (soleReference(value) || (value.startsWith(PREFIX) && reference && reference.attribute !== "id")) {
          report(proxy, "certificate_map", value);
        }
      }
    },
  },
  {
    id: "tls-map-empty",
    title: "a certificate map that a proxy uses has entries",
    severity: "warning",
    why: "A map without entries serves no certificate: every TLS connection fails. It is not sure, because the entries may be managed elsewhere.",
    fix: "add a google_certificate_manager_certificate_map_entry for each host",
    source: "Certificate Manager API v1, CertificateMap, read 2026-11-22",
    check(topology, report) {
      const { byMap, hasUnknown } = entriesByMap(topology);
      if (hasUnknown) return;
      for (const map of new Set(proxies(topology).flatMap((proxy) => mapOf(topology, proxy) ?? []))) {
        if (!byMap.has(map.address)) report(map, "", undefined);
      }
    },
  },
  {
    id: "tls-map-order",
    title: "a proxy depends on the entries of its certificate map",
    severity: "warning",
    why: "Terraform otherwise attaches the map before it has entries, so that connections fail for a while, and on destroy it may delete entries that are in use. It is not sure, because an entry may be added to a map in use without harm.",
    fix: "name the entries in the proxy's depends_on",
    source: "order of creation and destruction in Terraform, tried 2026-11",
    check(topology, report) {
      const { byMap } = entriesByMap(topology);
      for (const proxy of proxies(topology)) {
        const map = mapOf(topology, proxy);
        const entries = map ? (byMap.get(map.address) ?? []) : [];
        const missing = entries.find((entry) => !topology.dependsOn(proxy, entry.address));
        if (missing) report(proxy, "depends_on", proxy.values.depends_on, missing.address);
      }
    },
  },
  {
    id: "tls-certificate-scope",
    title: "a global proxy has global certificates and SSL policies, a regional one those of its region",
    severity: "error",
    why: "Google Cloud rejects certificates and policies of another scope.",
    fix: "use google_compute_region_ssl_certificate and google_compute_region_ssl_policy with regional proxies, the global types with global ones",
    source: "Compute API v1, SslCertificate, read 2026-11-22",
    check(topology, report) {
      for (const proxy of proxies(topology)) {
        const isGlobal = proxy.type !== REGION_PROXY;
        const region = textOf(proxy.values.region);
        const judge = (attribute: string, value: unknown) => {
          const used = topology.document.target(value);
          if (!used || used.isData || !/^google_compute_.*ssl_(certificate|policy)$/.test(used.type)) return;
          const isRegional = used.type.startsWith("google_compute_region_");
          const there = textOf(used.values.region);
          const isElsewhere = !isGlobal && region !== undefined && there !== undefined && region !== there;
          if (isRegional === isGlobal || isElsewhere) report(proxy, attribute, used.address);
        };
        judge("ssl_policy", proxy.values.ssl_policy);
        const list = proxy.values.ssl_certificates;
        if (Array.isArray(list)) {
          list.forEach((item, index) => {
            judge(`ssl_certificates.${index}`, item);
          });
        }
      }
    },
  },
  {
    id: "tls-manager-list",
    title:
      "certificate_manager_certificates stand with internal load balancers and regional proxies, in the proxy's location",
    severity: "error",
    why: "A global external load balancer takes certificates of Certificate Manager only through a certificate map, and a regional proxy only those of its region.",
    fix: "use certificate_map with a global external load balancer, certificates of the same region with a regional proxy",
    source: PROVIDER,
    check(topology, report) {
      const external = new Set(
        topology.frontends.filter(({ scheme }) => scheme?.startsWith("EXTERNAL")).map(({ proxy }) => proxy?.address),
      );
      for (const proxy of proxies(topology)) {
        const list = proxy.values.certificate_manager_certificates;
        if (!Array.isArray(list) || list.length === 0) continue;
        if (proxy.type === HTTPS_PROXY && external.has(proxy.address)) {
          report(proxy, "certificate_manager_certificates", list);
          continue;
        }
        const here = proxy.type === REGION_PROXY ? textOf(proxy.values.region) : "global";
        list.forEach((item, index) => {
          const certificate = topology.document.target(item);
          const there = certificate && !certificate.isData ? locationOf(certificate) : undefined;
          if (here !== undefined && there !== undefined && here !== there) {
            report(proxy, `certificate_manager_certificates.${index}`, certificate!.address, there);
          }
        });
      }
    },
  },
  {
    id: "tls-policy-custom",
    title: "an SSL policy has custom_features with profile CUSTOM, and only there",
    severity: "error",
    why: "The provider and Google Cloud reject the policy.",
    fix: "set profile = CUSTOM with custom_features, or leave custom_features out",
    source: SSL_POLICIES,
    check(topology, report) {
      for (const policy of sslPolicies(topology)) {
        const { profile, custom_features: features } = policy.values;
        if (isExpression(profile) || isExpression(features)) continue;
        if ((profile === "CUSTOM") === isEmpty(features)) report(policy, "custom_features", features, String(profile));
      }
    },
  },
  {
    id: "tls-policy-tls13",
    title: "an SSL policy has min_tls_version TLS_1_3 with profile RESTRICTED only, and TLS_1_2 with FIPS_202205",
    severity: "error",
    why: "Google Cloud rejects other combinations.",
    fix: "set profile = RESTRICTED with TLS_1_3, min_tls_version = TLS_1_2 with FIPS_202205",
    source: SSL_POLICIES,
    check(topology, report) {
      for (const policy of sslPolicies(topology)) {
        const profile =
          textOf(policy.values.profile) ?? (policy.values.profile === undefined ? "COMPATIBLE" : undefined);
        const version =
          textOf(policy.values.min_tls_version) ??
          (policy.values.min_tls_version === undefined ? "TLS_1_0" : undefined);
        if (profile === undefined || version === undefined) continue;
        const isWrong =
          profile === "FIPS_202205" ? version !== "TLS_1_2" : version === "TLS_1_3" && profile !== "RESTRICTED";
        if (isWrong) report(policy, "min_tls_version", policy.values.min_tls_version, profile);
      }
    },
  },
  {
    id: "tls-policy-old",
    title: "an SSL policy says which TLS version is the lowest",
    severity: "warning",
    why: "The default is TLS 1.0, which is broken and forbidden by card and health rules. It is not sure, because old clients may be meant to connect; TLS_1_0 then says so.",
    fix: "set min_tls_version = TLS_1_2",
    source: SSL_POLICIES,
    check(topology, report) {
      for (const policy of sslPolicies(topology)) {
        if (policy.values.min_tls_version === undefined) report(policy, "min_tls_version", undefined);
      }
    },
  },
];

function sslPolicies(topology: Topology): Resource[] {
  return ["google_compute_ssl_policy", "google_compute_region_ssl_policy"].flatMap((type) =>
    topology.document.ofType(type),
  );
}

/** Certificates, certificate maps and SSL policies. */
export const tlsRules: readonly Rule[] = [...tlsLimits, ...relations, ...tlsCertificateRules];
