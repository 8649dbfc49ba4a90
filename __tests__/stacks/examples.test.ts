import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, type TerraformStack } from "cdktf";
import { summarize } from "../../cli/summary";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import { blocksOf, type Resource, TerraformDocument } from "../../lib/topology/document";
import { AnycastInstancesStack } from "../../stacks/examples/anycast-instances";
import { ProcessingStack } from "../../stacks/examples/processing";

function synthesize(create: (app: App, id: string) => TerraformStack): TerraformDocument {
  const outdir = mkdtempSync(join(tmpdir(), "examples-test-"));
  try {
    const app = new App({ outdir });
    create(app, "example");
    app.synth();
    return TerraformDocument.parse(JSON.parse(readFileSync(join(outdir, "stacks", "example", "cdk.tf.json"), "utf8")));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const summary = (document: TerraformDocument) => summarize("example", document, "cdk.tf.json");
const resource = (document: TerraformDocument, value: unknown): Resource => {
  const found = document.target(value);
  if (!found) throw new Error(`${String(value)} leads nowhere`);
  return found;
};
const output = (document: TerraformDocument, name: string) => (document.outputs[name] as { value: unknown }).value;

describe("one anycast address before instance groups", () => {
  const document = synthesize((app, id) => new AnycastInstancesStack(app, id));

  test("leads from the address to machines in three continents", () => {
    const address = resource(document, output(document, "global_anycast_ip"));
    const rule = document
      .ofType("google_compute_global_forwarding_rule")
      .find(({ values }) => values.port_range === "443" && document.target(values.ip_address) === address)!;
    const map = resource(document, resource(document, rule.values.target).values.url_map);
    const backend = resource(document, map.values.default_service);
    const groups = blocksOf(backend.values.backend).map(({ group }) => resource(document, group));
    expect(groups.map(({ values }) => values.region)).toEqual(["europe-west4", "us-central1", "asia-southeast1"]);
    for (const { values } of groups) {
      const template = resource(document, blocksOf(values.version)[0]?.instance_template);
      expect(template.values.machine_type).toBe("g2-standard-8");
    }
  });

  test("leads TLS streams to the same machines", () => {
    const address = resource(document, output(document, "stream_anycast_ip"));
    const [rule] = document
      .ofType("google_compute_global_forwarding_rule")
      .filter(({ values }) => document.target(values.ip_address) === address);
    const proxy = resource(document, rule?.values.target);
    expect(proxy.type).toBe("google_compute_target_ssl_proxy");
    expect(blocksOf(resource(document, proxy.values.backend_service).values.backend)).toHaveLength(3);
  });

  test("gives no finding, and the JSON of before", () => {
    expect(evaluate(document, allRules).findings).toEqual([]);
    expect(document.json).toMatchSnapshot();
  });

  test("in summary", () => {
    expect(summary(document)).toMatchInlineSnapshot(`
      "example
        regions    asia-southeast1, europe-west4, us-central1
        machines   g2-standard-8; 1 to 4 instances in asia-southeast1, europe-west4, us-central1
        routes     http://* → https://(same host) (PERMANENT_REDIRECT)
                   https://* → example-inference-backend-sum3zi
        backends   example-inference-backend-sum3zi: no Cloud Armor, no Cloud CDN
                   example-streambackend-7wkhi6: no Cloud Armor, no Cloud CDN
        addresses  IPV4 example-frontend-ipv4-2krvwb: http 80, https 443
                   IPV6 example-frontend-ipv6-5hxh5l: http 80, https 443
                   IPV4 example-streams-ipv4-qo7w5u: ssl 443
                   IPV6 example-streams-ipv6-f9evet: ssl 443
        resources  63 of 24 types
        JSON       cdk.tf.json"
    `);
  });
});

describe("a global backend service over Europe and Asia, and a regional one in each", () => {
  const document = synthesize((app, id) => new ProcessingStack(app, id));

  test.each([
    ["europe_backend_service_url", "europe-west1", "eu.api.example.com"],
    ["asia_backend_service_url", "asia-northeast1", "asia.api.example.com"],
  ])("%s is served under an address of %s", (name, region, domain) => {
    const backend = resource(document, output(document, name));
    expect(backend.values.region).toBe(region);
    const map = document
      .ofType("google_compute_region_url_map")
      .find(({ values }) => document.target(values.default_service) === backend)!;
    const proxy = document
      .ofType("google_compute_region_target_https_proxy")
      .find(({ values }) => document.target(values.url_map) === map)!;
    const certificates = (proxy.values.certificate_manager_certificates as string[]).map(
      (each) => resource(document, each).values,
    );
    expect(certificates).toMatchObject([{ location: region, managed: { domains: [domain] } }]);
    const rule = document
      .ofType("google_compute_forwarding_rule")
      .find(({ values }) => document.target(values.target) === proxy)!;
    expect(resource(document, rule.values.ip_address).values.region).toBe(region);
  });

  test("what is submitted at the global address is processed in both regions, records in their own only", () => {
    const { documents, records } = output(document, "pipelines") as Record<
      string,
      Record<string, Record<string, string>>
    >;
    for (const region of ["europe-west1", "asia-northeast1"]) {
      const locations = [documents, records].map((each) =>
        ["ingest_bucket", "results_bucket"].map((name) => resource(document, each![region]![name]).values.location),
      );
      expect(locations).toEqual([
        [region, region === "europe-west1" ? "EU" : "ASIA"],
        [region, region],
      ]);
      expect(resource(document, records![region]!.topic).values.message_storage_policy).toMatchObject({
        enforce_in_transit: true,
      });
    }
    const lines = summary(document).split("\n");
    expect(
      lines.filter((line) => line.includes("/v1/records/batch")).every((line) => /(europe|asia)-\w+1 https/.test(line)),
    ).toBe(true);
  });

  test("global_forwarding_rule_ip leads to both regions", () => {
    const address = resource(document, output(document, "global_forwarding_rule_ip"));
    expect(address.type).toBe("google_compute_global_address");
    const backend = document
      .ofType("google_compute_backend_service")
      .find(({ path }) => path === "example/api/Service/Backend/Resource");
    const regions = blocksOf(backend?.values.backend).map(({ group }) => resource(document, group).values.region);
    expect(regions).toEqual(["europe-west1", "asia-northeast1"]);
  });

  test("gives no finding, and the JSON of before", () => {
    expect(evaluate(document, allRules).findings).toEqual([]);
    expect(document.json).toMatchSnapshot();
  });

  test("in summary", () => {
    expect(summary(document)).toMatchInlineSnapshot(`
      "example
        regions    asia-northeast1, europe-west1
        services   example-api-service-7psj2i: europe-docker.pkg.dev/example-ai-processing/models/processing@sha256:000000000000…; public; 4 CPU, 8Gi; 1 to 10 instances, 1 always warm in asia-northeast1, europe-west1
                   example-api-documents-processor-8q0de2: europe-docker.pkg.dev/example-ai-processing/models/processing@sha256:000000000000…; callers example-api-documents-i-vn84vh; 4 CPU, 8Gi; 0 to 20 instances, none always warm in asia-northeast1, europe-west1
                   example-api-documents-submission-iuqzhb: europe-docker.pkg.dev/example-ai-processing/models/processing@sha256:000000000000…; public; 1 CPU, 1Gi; 1 to 10 instances, 1 always warm in asia-northeast1, europe-west1
                   example-api-records-processor-9cgy67: europe-docker.pkg.dev/example-ai-processing/models/processing@sha256:000000000000…; callers example-api-records-inv-v6gp07; 4 CPU, 8Gi; 0 to 10 instances, none always warm in asia-northeast1, europe-west1
                   example-api-records-submission-7ezxlp: europe-docker.pkg.dev/example-ai-processing/models/processing@sha256:000000000000…; public; 1 CPU, 1Gi; 1 to 10 instances, 1 always warm in asia-northeast1, europe-west1
        routes     http://* → https://(same host) (PERMANENT_REDIRECT)
                   https://*/v1/batch → example-api-documents-backend-tn3uql
                   https://*/* → example-api-service-backend-hrv26e
                   asia-northeast1 http://* → https://(same host) (PERMANENT_REDIRECT)
                   asia-northeast1 https://*/v1/batch → example-api-residency-asia-northeast1-documents-nzhqtr
                   asia-northeast1 https://*/v1/records/batch → example-api-residency-asia-northeast1-records-5z0tpp
                   asia-northeast1 https://*/* → example-api-residency-asia-northeast1-backend-4ry2pc
                   europe-west1 http://* → https://(same host) (PERMANENT_REDIRECT)
                   europe-west1 https://*/v1/batch → example-api-residency-europe-west1-documents-dbuace
                   europe-west1 https://*/v1/records/batch → example-api-residency-europe-west1-records-aoo4je
                   europe-west1 https://*/* → example-api-residency-europe-west1-backend-fkj5h7
        pipelines  asia-northeast1 example-ai-processing-example-api-documents-asi-eytf6y → example-api-documents-processor-8q0de2 (push) → example-ai-processing-example-asianresults-asia-wqxszo; dead letters in example-api-documents-asia-northeast1-deadletters-fgvyrg
                   asia-northeast1 example-ai-processing-example-api-records-asia-0ixdt8 → example-api-records-processor-9cgy67 (push) → example-ai-processing-example-records-asia-nort-skse8h; dead letters in example-api-records-asia-northeast1-deadletters-h85nsi
                   europe-west1 example-ai-processing-example-api-documents-eur-4ozea8 → example-api-documents-processor-8q0de2 (push) → example-ai-processing-example-results-eu-z6iz1z; dead letters in example-api-documents-europe-west1-deadletters-k602eg
                   europe-west1 example-ai-processing-example-api-records-europ-n5712v → example-api-records-processor-9cgy67 (push) → example-ai-processing-example-records-europe-we-r0us4v; dead letters in example-api-records-europe-west1-deadletters-iy6s57
        backends   example-api-service-backend-hrv26e: no Cloud Armor, no Cloud CDN
                   example-api-documents-backend-tn3uql: no Cloud Armor, no Cloud CDN
                   example-api-residency-asia-northeast1-backend-4ry2pc: no Cloud Armor, no Cloud CDN
                   example-api-residency-asia-northeast1-documents-nzhqtr: no Cloud Armor, no Cloud CDN
                   example-api-residency-asia-northeast1-records-5z0tpp: no Cloud Armor, no Cloud CDN
                   example-api-residency-europe-west1-backend-fkj5h7: no Cloud Armor, no Cloud CDN
                   example-api-residency-europe-west1-documents-dbuace: no Cloud Armor, no Cloud CDN
                   example-api-residency-europe-west1-records-aoo4je: no Cloud Armor, no Cloud CDN
        addresses  IPV4 example-api-frontend-ipv4-v5arjd: http 80, https 443
                   IPV6 example-api-frontend-ipv6-wu77sl: http 80, https 443
                   asia-northeast1 IPV4 example-api-residency-asia-northeast1-address-hvxr3d: http 80, https 443
                   europe-west1 IPV4 example-api-residency-europe-west1-address-6vcd8q: http 80, https 443
        resources  135 of 32 types
        JSON       cdk.tf.json"
    `);
  });
});
