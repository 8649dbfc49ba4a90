import { adding, changed, describeGroup, ids, type Json, resourceAt, wrong } from "./rule-support";
import { servingPath } from "./serving-path";

const RULE = "google_compute_global_forwarding_rule.v4";
const PROXY = "google_compute_target_https_proxy.main";
const FIREWALL = "google_compute_firewall.checks";

/** A front end in one project, by the default of the provider. */
function valid(): Json {
  return { ...servingPath(), provider: { google: [{ project: "mine" }, { alias: "other", project: "other" }] } };
}

/** Something of the path is in another project. */
const elsewhere =
  (...addresses: readonly string[]) =>
  (document: Json) => {
    for (const address of addresses) resourceAt(document, address).project = "other";
  };

const firewall = (values: Json) => (document: Json) => {
  adding({
    [FIREWALL]: { name: "checks", network: "${google_compute_network.n.id}", allow: { protocol: "tcp" }, ...values },
    "google_compute_network.n": { name: "n", auto_create_subnetworks: false, provider: "google.other" },
  })(document);
};
const ALSO = ["firewall-log", "firewall-everyone", "firewall-sources", "network-unused"];

describeGroup(
  "cross-project",
  valid,
  [
    changed("cross-project-frontend", RULE, elsewhere(RULE, "google_compute_global_address.v4"), { at: "target" }),
    wrong(RULE, "cross-project-frontend", "target", "projects/other/global/targetHttpsProxies/x"),
    changed("cross-project-address", RULE, elsewhere("google_compute_global_address.v4"), { at: "ip_address" }),
    changed("cross-project-url-map", PROXY, elsewhere("google_compute_url_map.main"), { at: "url_map" }),
    changed("cross-project-certificate", PROXY, (document) => {
      const proxy = resourceAt(document, PROXY);
      delete proxy.certificate_map;
      delete proxy.depends_on;
      proxy.ssl_certificates = ["projects/other/global/sslCertificates/x"];
    }),
    changed("cross-project-firewall", FIREWALL, firewall({ source_ranges: ["10.0.0.0/8"] }), {
      at: "network",
      also: ALSO,
    }),
  ],
  ["cross-project-address", "cross-project-frontend", "cross-project-url-map"],
);

const found = (change: (document: Json) => void) => {
  const document = valid();
  change(document);
  return ids(document).filter((id) => id.startsWith("cross-project-"));
};

test("says nothing of what may be in another project, or is in a project that is not known", () => {
  expect(found(elsewhere("google_compute_backend_service.api", "google_compute_ssl_policy.main"))).toEqual([]);
  expect(found(firewall({ project: "other" }))).toEqual([]);
  expect(found(firewall({ project: "${var.project}" }))).toEqual([]);
  expect(
    found((document) => {
      resourceAt(document, RULE).target = "projects/other/regions/europe-west1/serviceAttachments/x";
      resourceAt(document, PROXY).url_map = "projects/${var.host}/global/urlMaps/x";
    }),
  ).toEqual([]);
});
