import { AnycastFrontend, type ExistingCertificate, Tls } from "../../lib";
import type { TerraformDocument } from "../../lib/topology/document";
import { dependsOn, only, synth, testStack } from "../support";

const ENTRY = "google_certificate_manager_certificate_map_entry";
const ID = "projects/security/locations/global/certificates/wild";

function frontend(certificates: ExistingCertificate[]): TerraformDocument {
  const stack = testStack();
  new AnycastFrontend(stack, "Frontend", {
    urlMap: { urlMapId: "maps/m" },
    tls: Tls.existingCertificates(certificates),
  });
  return synth(stack);
}

test("shows a certificate that exists already for each of its domains, and makes none", () => {
  const document = frontend([{ certificateId: ID, domains: ["api.example.com", "*.example.com"] }]);
  expect(document.ofType(ENTRY).map(({ values }) => [values.hostname, values.certificates])).toEqual([
    ["api.example.com", [ID]],
    ["*.example.com", [ID]],
  ]);
  expect(document.ofType("google_certificate_manager_certificate")).toEqual([]);
  expect(document.ofType("google_certificate_manager_dns_authorization")).toEqual([]);
});

test("the proxy waits for the entries", () => {
  const document = frontend([{ certificateId: ID, domains: ["api.example.com"] }]);
  expect(dependsOn(only(document, "google_compute_target_https_proxy"))).toContain(only(document, ENTRY).address);
});

test("another certificate for a domain changes its entry in place, and a further domain touches no other", () => {
  const before = only(frontend([{ certificateId: ID, domains: ["a.example.com"] }]), ENTRY);
  const after = frontend([
    { certificateId: `${ID}-2`, domains: ["a.example.com"] },
    { certificateId: ID, domains: ["b.example.com"] },
  ]);
  const same = only(after, ENTRY, "a.example.com/MapEntry");
  expect([same.address, same.values.name]).toEqual([before.address, before.values.name]);
  expect(after.ofType(ENTRY)).toHaveLength(2);
});

test("managed certificates take over the same entries", () => {
  const stack = testStack();
  new AnycastFrontend(stack, "Frontend", { urlMap: { urlMapId: "maps/m" }, tls: Tls.managed(["a.example.com"]) });
  const managed = only(synth(stack), ENTRY);
  const existing = only(frontend([{ certificateId: ID, domains: ["a.example.com"] }]), ENTRY);
  expect([managed.address, managed.values.name]).toEqual([existing.address, existing.values.name]);
});

test("fails for what is no global certificate of Certificate Manager", () => {
  const id = "projects/p/global/sslCertificates/old";
  expect(() => frontend([{ certificateId: id, domains: ["a.example.com"] }])).toThrow(
    `[test/Frontend/Certificates] certificateId: got "${id}", allowed is projects/P/locations/global/certificates/NAME; pass the resource name`,
  );
});

test("fails for a certificate without domains, and for a domain with two certificates", () => {
  expect(() => frontend([{ certificateId: ID, domains: [] }])).toThrow("at least one domain for each certificate");
  expect(() =>
    frontend([
      { certificateId: ID, domains: ["a.example.com"] },
      { certificateId: ID, domains: ["A.example.com"] },
    ]),
  ).toThrow("name each domain once");
});
