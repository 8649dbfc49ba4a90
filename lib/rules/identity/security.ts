import { blockOf, blocksOf, type Resource } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { booleanOf, isComputed, numberOf, textOf } from "../../topology/value";
import { workloadsOf } from "../cloud-run/cloud-run-workload";
import type { OldRule as Rule } from "../old-rule";
import { securityGrantRules } from "./security-grants";
import { securitySecretRules } from "./security-secrets";

const CHOICE = "Not an error, because it may be meant.";

/** Whether a Cloud Run resource says that it must not be destroyed: what one does in production. */
function isProtected(resource: Resource): boolean {
  return (
    booleanOf(resource.values.deletion_protection) === true ||
    booleanOf(blockOf(resource.values.lifecycle)?.prevent_destroy) === true
  );
}

function tagOf(image: string): string | undefined {
  return /:([\w][\w.-]*)$/.exec(image.split("/").at(-1)!.split("@")[0]!)?.[1];
}

/** URL maps with a way that serves instead of redirecting. */
function servingUrlMaps(topology: Topology): ReadonlySet<Resource> {
  return new Set(
    topology.routes.filter((route) => route.targets.length > 0 && !route.redirect).map((route) => route.urlMap),
  );
}

/** What is allowed, and should not be in production. */
export const securityRules: readonly Rule[] = [
  ...securityGrantRules,
  ...securitySecretRules,
  {
    id: "security-image-digest",
    title: "what is protected from deletion runs an image by digest",
    severity: "warning",
    why: "A tag can be moved: regions that are deployed at different times run different code, and a roll-back does not roll back. Not an error, because the tag may never move.",
    fix: "append @sha256:… to the image, as the registry shows it",
    source: "docs.cloud.google.com/run/docs/deploying, read 2026-11-22",
    check(topology, report) {
      for (const { resource, containers } of workloadsOf(topology)) {
        if (!isProtected(resource)) continue;
        for (const { block, at } of containers) {
          const image = textOf(block.image);
          if (image !== undefined && image !== "" && !image.includes("@sha256:"))
            report(resource, `${at}.image`, image);
        }
      }
    },
  },
  {
    id: "security-image-latest",
    title: "an image is not named by latest, or by no tag",
    severity: "warning",
    why: "Cloud Run resolves the tag when a revision is made: a new image under the same tag changes nothing in Terraform and is not deployed. Not an error, because the image may be changed by other means.",
    fix: "name a version, better a digest",
    source: "docs.cloud.google.com/run/docs/deploying, read 2026-11-22",
    check(topology, report) {
      for (const { resource, containers } of workloadsOf(topology)) {
        if (isProtected(resource)) continue;
        for (const { block, at } of containers) {
          const image = textOf(block.image);
          if (image === undefined || image === "" || image.includes("@sha256:")) continue;
          if (["latest", undefined].includes(tagOf(image))) report(resource, `${at}.image`, image);
        }
      }
    },
  },
  {
    id: "security-plain-http",
    title: "plain HTTP redirects to HTTPS",
    severity: "warning",
    why: `Requests, answers and API keys go unencrypted over the internet. ${CHOICE}`,
    fix: "add an HTTPS front end, and let the URL map of port 80 redirect with https_redirect",
    source:
      "docs.cloud.google.com/load-balancing/docs/https/setting-up-http-https-redirect, from general knowledge, 2026-11",
    check(topology, report) {
      const serving = servingUrlMaps(topology);
      for (const frontend of topology.frontends) {
        const external =
          frontend.scheme?.startsWith("EXTERNAL") ?? frontend.rule.values.load_balancing_scheme === undefined;
        if (frontend.protocol !== "HTTP" || !external || !frontend.urlMap) continue;
        if (serving.has(frontend.urlMap)) report(frontend.rule, "target", frontend.rule.values.target);
      }
    },
  },
  {
    id: "security-tls-version",
    title: "an SSL policy demands TLS 1.2 or later",
    severity: "warning",
    why: `TLS 1.0 and 1.1 are broken, and no current client needs them. ${CHOICE}`,
    fix: "set min_tls_version = TLS_1_2",
    source: "Compute API v1, SslPolicy.minTlsVersion, read 2026-11-22",
    check(topology, report) {
      for (const type of ["google_compute_ssl_policy", "google_compute_region_ssl_policy"]) {
        for (const policy of topology.document.ofType(type)) {
          const version = policy.values.min_tls_version;
          if (["TLS_1_0", "TLS_1_1"].includes(textOf(version) ?? "")) report(policy, "min_tls_version", version);
        }
      }
    },
  },
  {
    id: "security-tls-profile",
    title: "an SSL policy has the profile MODERN, RESTRICTED or CUSTOM",
    severity: "warning",
    why: `COMPATIBLE, the default, allows cipher suites for clients that are long out of date. ${CHOICE}`,
    fix: "set profile = MODERN, or RESTRICTED",
    source: "Compute API v1, SslPolicy.profile, read 2026-11-22",
    check(topology, report) {
      for (const type of ["google_compute_ssl_policy", "google_compute_region_ssl_policy"]) {
        for (const policy of topology.document.ofType(type)) {
          const profile = policy.values.profile ?? "COMPATIBLE";
          if (textOf(profile) === "COMPATIBLE") report(policy, "profile", policy.values.profile);
        }
      }
    },
  },
  {
    id: "security-tls-policy",
    title: "an HTTPS proxy has an SSL policy",
    severity: "warning",
    why: `Without one the load balancer speaks TLS 1.0 and old cipher suites. ${CHOICE}`,
    fix: "make a google_compute_ssl_policy with TLS_1_2 and MODERN, and set ssl_policy",
    source: "Compute API v1, TargetHttpsProxy.sslPolicy, read 2026-11-22",
    check(topology, report) {
      for (const type of ["google_compute_target_https_proxy", "google_compute_region_target_https_proxy"]) {
        for (const proxy of topology.document.ofType(type)) {
          if (proxy.values.ssl_policy === undefined) report(proxy, "ssl_policy", undefined);
        }
      }
    },
  },
  {
    id: "security-logging",
    title: "an external backend service logs its requests",
    severity: "warning",
    why: `Nobody can see afterwards who was served what, and which rule of Cloud Armor refused whom. ${CHOICE}`,
    fix: "set log_config with enable = true and a sample_rate",
    source: "Compute API v1, BackendService.logConfig, read 2026-11-22",
    check(topology, report) {
      for (const backend of topology.backends) {
        const { values } = backend.resource;
        const scheme = values.load_balancing_scheme;
        const external = scheme === undefined ? backend.isGlobal : backend.scheme?.startsWith("EXTERNAL");
        if (backend.kind !== "service" || !external || isComputed(values, "log_config")) continue;
        const [config] = blocksOf(values.log_config);
        const off = config === undefined || booleanOf(config.enable) === false;
        if (off || numberOf(config.sample_rate) === 0) report(backend.resource, "log_config", values.log_config);
      }
    },
  },
];
