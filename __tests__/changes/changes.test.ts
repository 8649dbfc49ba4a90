import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compare } from "../../lib/changes/compare";
import { REMARKS } from "../../lib/changes/remarks";
import { inWords } from "../../lib/changes/words";
import { TerraformDocument } from "../../lib/topology/document";

type Resources = Record<string, Record<string, Record<string, unknown>>>;
type Json = Record<string, unknown>;

const CREATED_FIRST = { lifecycle: { create_before_destroy: true } };
const NEG = "google_compute_region_network_endpoint_group";
const GROUP = "google_compute_region_instance_group_manager";
const CERTIFICATE = "google_certificate_manager_certificate";
const INVOKER = "google_cloud_run_v2_service_iam_member";
const INVOKED_BY = { name: "${google_cloud_run_v2_service.eu.name}", role: "roles/run.invoker" };

function changesOf(before: Resources, after: Resources, [was, is]: readonly Json[] = [{}, {}]) {
  return compare(
    TerraformDocument.parse({ ...was, resource: before }),
    TerraformDocument.parse({ ...is, resource: after }),
  );
}

/** Danger and note ids with addresses. */
function remarks(...args: Parameters<typeof changesOf>): string[] {
  return changesOf(...args).remarks.map(({ level, id, resource }) =>
    `${level} ${id} ${resource?.address ?? ""}`.trim(),
  );
}

const kinds = (...args: Parameters<typeof changesOf>) =>
  changesOf(...args).changes.map(({ kind, resource }) => `${kind} ${resource.address}`);

/** A route to a backend service over one group. */
function routed(backend: Json, more: Resources = {}): Resources {
  return {
    google_compute_url_map: { main: { name: "main", default_service: "${google_compute_backend_service.chat.id}" } },
    google_compute_backend_service: { chat: { name: "chat", ...CREATED_FIRST, ...backend } },
    ...more,
  };
}
const manager = (name: string, more: Json = {}): Resources => ({
  [GROUP]: { [name]: { name, region: "europe-west4", base_instance_name: name, ...CREATED_FIRST, ...more } },
});
const listing = (...names: string[]) => ({
  backend: names.map((name) => ({ group: `\${${GROUP}.${name}.instance_group}` })),
});
const service = (more: Json): Resources => ({
  google_cloud_run_v2_service: { eu: { name: "chat", location: "europe-west1", deletion_protection: false, ...more } },
});
const negOfService = (more: Json): Resources => ({
  [NEG]: {
    n: { name: "n", region: "europe-west1", cloud_run: { service: "${google_cloud_run_v2_service.eu.name}" }, ...more },
  },
});
const bucket = (more: Json): Resources => ({ google_storage_bucket: { b: { name: "acme-b", ...more } } });
const address = (more: Json): Resources => ({ google_compute_global_address: { a: { name: "chat", ...more } } });
const certificate = (more: Json): Resources => ({
  [CERTIFICATE]: { c: { name: "c", ...CREATED_FIRST, ...more } },
  google_certificate_manager_certificate_map_entry: {
    e: { name: "e", map: "m", hostname: "a.example.com", certificates: [`\${${CERTIFICATE}.c.id}`] },
  },
});
const managed = { managed: { domains: ["a.example.com"] } };
const proxy = (more: Json): Resources => ({ google_compute_target_https_proxy: { p: { name: "p", ...more } } });
const network = (range: string): Resources => ({
  google_compute_subnetwork: {
    s: { name: `s-${range.length}`, region: "europe-west1", network: "n", ip_cidr_range: range, ...CREATED_FIRST },
  },
});
const api = (more: Json): Resources => ({
  google_project_service: { run: { service: "run.googleapis.com", ...more } },
});
const in_ = (bucketName: string) => ({ terraform: { backend: { gcs: { bucket: bucketName } } } });

describe("dangers", () => {
  test.each<[string, Resources, Resources, string[], ...[Json, Json][]]>([
    [
      "an address that is replaced",
      address({}),
      address({ name: "other" }),
      ["danger address-lost google_compute_global_address.a"],
    ],
    [
      "a protected address that leaves with its protection",
      address({ lifecycle: { prevent_destroy: true } }),
      {},
      ["danger protected google_compute_global_address.a", "note address-released google_compute_global_address.a"],
    ],
    [
      "a protected service that is removed",
      service({ deletion_protection: true }),
      {},
      ["danger protected google_cloud_run_v2_service.eu"],
    ],
    [
      "a group that leaves a backend service, and is destroyed after it",
      routed(listing("a", "b"), { [GROUP]: { ...manager("a")[GROUP], ...manager("b", { lifecycle: {} })[GROUP] } }),
      routed({ ...listing("a"), lifecycle: {} }, manager("a")),
      ["note not-drained google_compute_backend_service.chat"],
    ],
    [
      "a group that is destroyed while its backend service still lists it",
      routed(
        { ...listing("a", "b"), lifecycle: {} },
        { [GROUP]: { ...manager("a")[GROUP], ...manager("b", { lifecycle: {} })[GROUP] } },
      ),
      routed({ ...listing("a"), lifecycle: {} }, manager("a")),
      [`danger in-use ${GROUP}.b`, "note not-drained google_compute_backend_service.chat"],
    ],
    [
      "a service and its NEG that are destroyed before their successors are there",
      { ...service({}), ...negOfService({}) },
      { ...service({ name: "other" }), ...negOfService({}) },
      ["danger gap google_cloud_run_v2_service.eu"],
    ],
    [
      "a service that changes its name under a NEG that is created first",
      { ...service({}), ...negOfService(CREATED_FIRST) },
      { ...service({ name: "other" }), ...negOfService({ ...CREATED_FIRST, name: "other" }) },
      [],
    ],
    [
      "another project, where every name is free",
      { [NEG]: { n: { name: "n", project: "a", ...CREATED_FIRST } } },
      { [NEG]: { n: { name: "n", project: "b", ...CREATED_FIRST } } },
      [],
    ],
    [
      "a NEG that leads elsewhere under the same name",
      { [NEG]: { n: { name: "n", region: "europe-west1", cloud_run: { service: "a" }, ...CREATED_FIRST } } },
      { [NEG]: { n: { name: "n", region: "europe-west1", cloud_run: { service: "b" }, ...CREATED_FIRST } } },
      [`danger name-collision ${NEG}.n`],
    ],
    [
      "a NEG that moves to another region, where its name is free",
      { [NEG]: { n: { name: "n", region: "europe-west1", cloud_run: { service: "a" }, ...CREATED_FIRST } } },
      { [NEG]: { n: { name: "n", region: "us-central1", cloud_run: { service: "a" }, ...CREATED_FIRST } } },
      [],
    ],
    [
      "a range that overlaps its predecessor's",
      network("10.0.0.0/16"),
      network("10.0.128.0/20"),
      ["danger range-collision google_compute_subnetwork.s"],
    ],
    [
      "a range that grows in place",
      network("10.0.0.0/20"),
      {
        ...network("10.0.0.0/20"),
        google_compute_subnetwork: {
          s: { ...network("10.0.0.0/20").google_compute_subnetwork!.s, ip_cidr_range: "10.0.0.0/16" },
        },
      },
      [],
    ],
    [
      "a route whose last group is drained",
      routed(listing("a"), manager("a")),
      routed({ backend: [{ group: `\${${GROUP}.a.instance_group}`, capacity_scaler: 0 }] }, manager("a")),
      ["danger no-backend google_compute_backend_service.chat"],
    ],
    [
      "a route whose groups are all new",
      routed(listing("a"), manager("a")),
      routed(listing("b"), manager("b")),
      [
        "danger cold-groups google_compute_backend_service.chat",
        "note not-drained google_compute_backend_service.chat",
      ],
    ],
    [
      "new groups that the deploy waits for",
      routed(listing("a"), manager("a")),
      routed(listing("b"), manager("b", { wait_for_instances: true })),
      ["note not-drained google_compute_backend_service.chat"],
    ],
    [
      "a managed certificate that is issued anew",
      certificate({ self_managed: { pem_certificate: "x" } }),
      certificate({ ...managed, name: "d" }),
      [`danger certificate-gap ${CERTIFICATE}.c`],
    ],
    [
      "certificates that a map takes the place of",
      proxy({ ssl_certificates: ["projects/p/global/sslCertificates/a"] }),
      proxy({ certificate_map: "//certificatemanager.googleapis.com/projects/p/locations/global/certificateMaps/m" }),
      ["danger certificates-swapped google_compute_target_https_proxy.p"],
    ],
    [
      "a public service that begins to check callers",
      service({ invoker_iam_disabled: true }),
      { ...service({}), [INVOKER]: { m: { ...INVOKED_BY, member: "user:a@example.com" } } },
      ["danger callers-refused google_cloud_run_v2_service.eu"],
    ],
    [
      "the check in a second deploy",
      { ...service({ invoker_iam_disabled: true }), [INVOKER]: { m: { ...INVOKED_BY, member: "user:a@example.com" } } },
      { ...service({}), [INVOKER]: { m: { ...INVOKED_BY, member: "user:a@example.com" } } },
      [],
    ],
    [
      "a setting that the provider keeps",
      routed({ ...listing("a"), timeout_sec: 60 }, manager("a")),
      routed(listing("a"), manager("a")),
      ["danger kept google_compute_backend_service.chat"],
    ],
    [
      "a bucket in another place",
      bucket({ location: "EU" }),
      bucket({ location: "US" }),
      ["danger contents-lost google_storage_bucket.b"],
    ],
    [
      "a remote repository, which fills itself again",
      {
        google_artifact_registry_repository: { r: { repository_id: "a", format: "DOCKER", mode: "REMOTE_REPOSITORY" } },
      },
      {
        google_artifact_registry_repository: { r: { repository_id: "b", format: "DOCKER", mode: "REMOTE_REPOSITORY" } },
      },
      [],
    ],
    [
      "an API that everything in the project loses",
      api({ disable_on_destroy: true }),
      {},
      ["danger api-disabled google_project_service.run"],
    ],
    ["an API that stays enabled", api({ disable_on_destroy: false }), {}, []],
    ["a state in another place", address({}), address({}), ["danger state-moved"], [in_("a"), in_("b")]],
    ["a first state", {}, address({}), [], [{}, in_("b")]],
  ])("%s", (_title, before, after, expected, ...around) => {
    expect(remarks(before, after, ...around)).toEqual(expected);
  });

  test("each says what happens and how to avoid it, in full sentences of their own", () => {
    const { remarks: found } = changesOf(address({}), address({ name: "other" }));
    expect(found[0]).toMatchObject({
      what: "it is replaced (name): it is another address afterwards, and clients and DNS records hold on to this one",
      safely: expect.stringMatching(/^leave it as it is and make a second one beside it/),
    });
  });
});

describe("notes", () => {
  test.each<[string, Resources, Resources, string[]]>([
    ["an address that is given up", address({}), {}, ["note address-released google_compute_global_address.a"]],
    ["a bucket that is removed", bucket({}), {}, ["note contents-removed google_storage_bucket.b"]],
    [
      "a service that everybody may call from now on",
      service({}),
      service({ invoker_iam_disabled: true }),
      ["note opened google_cloud_run_v2_service.eu"],
    ],
    [
      "a backend service without its policy",
      routed({ ...listing("a"), security_policy: "projects/p/global/securityPolicies/s" }, manager("a")),
      routed(listing("a"), manager("a")),
      ["note opened google_compute_backend_service.chat"],
    ],
    [
      "a bucket that everybody may read from now on",
      bucket({}),
      {
        ...bucket({}),
        google_storage_bucket_iam_member: {
          m: { bucket: "acme-b", role: "roles/storage.objectViewer", member: "allUsers" },
        },
      },
      ["note opened google_storage_bucket_iam_member.m"],
    ],
    ["a new service that everybody may call", {}, service({ invoker_iam_disabled: true }), []],
  ])("%s", (_title, before, after, expected) => {
    expect(remarks(before, after)).toEqual(expected);
  });
});

describe("what is changed, and how", () => {
  test("equal inputs change nothing", () => {
    const { changes, remarks: found, documents } = changesOf(address({}), address({}));
    expect([changes, found]).toEqual([[], []]);
    expect(inWords({ changes, remarks: found, documents })).toEqual(["nothing changes"]);
  });

  test("order of keys, comments and lifecycle are no change", () => {
    const before = service({ ingress: "INGRESS_TRAFFIC_ALL", "//": { metadata: { path: "old" } } });
    const after: Resources = {
      google_cloud_run_v2_service: {
        eu: {
          deletion_protection: false,
          ingress: "INGRESS_TRAFFIC_ALL",
          location: "europe-west1",
          name: "chat",
          ...CREATED_FIRST,
        },
      },
    };
    expect(kinds(before, after)).toEqual([]);
  });

  test("what refers to something replaced by an attribute that forces it is replaced, too", () => {
    const both = (location: string): Resources => ({
      ...service({ location, name: "chat" }),
      [NEG]: {
        n: {
          name: "n",
          region: "europe-west1",
          cloud_run: { service: "${google_cloud_run_v2_service.eu.name}" },
          ...CREATED_FIRST,
        },
      },
      ...routed({ backend: [{ group: `\${${NEG}.n.id}` }] }),
    });
    const { changes } = changesOf(both("europe-west1"), both("europe-west4"));
    expect(changes).toMatchObject([
      { kind: "replaced", because: ["location"] },
      { kind: "replaced", because: ["cloud_run, which refers to google_cloud_run_v2_service.eu"] },
    ]);
  });

  test("the provider's project and labels are settings of each resource", () => {
    const provider = (block: Json) => ({ provider: { google: [block] } });
    expect(kinds(bucket({}), bucket({}), [provider({ project: "a" }), provider({ project: "b" })])).toEqual([
      "replaced google_storage_bucket.b",
    ]);
    const template: Resources = {
      google_compute_region_instance_template: { t: { name: "t", machine_type: "g2-standard-8" } },
    };
    const labels = (team: string) => provider({ default_labels: { team } });
    expect(kinds({ ...bucket({}), ...template }, { ...bucket({}), ...template }, [labels("a"), labels("b")])).toEqual([
      "changed google_storage_bucket.b",
      "replaced google_compute_region_instance_template.t",
    ]);
  });

  test("what is moved keeps what it is, and what is forgotten stays in the cloud", () => {
    const moved = { moved: [{ from: "google_storage_bucket.b", to: "google_storage_bucket.c" }] };
    expect(kinds(bucket({}), { google_storage_bucket: { c: { name: "acme-b" } } }, [{}, moved])).toEqual([]);
    const forgotten = { removed: [{ from: "google_storage_bucket.b", lifecycle: { destroy: false } }] };
    expect(kinds(bucket({}), {}, [{}, forgotten])).toEqual(["forgotten google_storage_bucket.b"]);
    expect(remarks(bucket({ location: "EU" }), {}, [{}, forgotten])).toEqual([]);
  });
});

describe("words", () => {
  const words = (...args: Parameters<typeof changesOf>) => inWords(changesOf(...args));

  test("name attributes with their values, references by what they lead to", () => {
    const before = routed({ ...listing("a"), timeout_sec: 60, protocol: "HTTP" }, manager("a"));
    const after = routed(
      { ...listing("b"), timeout_sec: 90, security_policy: "p" },
      { [GROUP]: { ...manager("a")[GROUP], ...manager("b")[GROUP] } },
    );
    expect(words(before, after)).toEqual([
      "1 added, 1 changed in place",
      `added     ${GROUP}.b (${GROUP})`,
      "changed   google_compute_backend_service.chat (google_compute_backend_service): " +
        `backend.group ${GROUP}.a → ${GROUP}.b, timeout_sec 60 → 90, protocol unset, was "HTTP" and 1 more`,
      "danger cold-groups: google_compute_backend_service.chat: all of its groups are new, and requests fail until their first instances serve",
      expect.stringMatching(/^ {2}safely: deploy the new groups beside/),
    ]);
  });

  test("put many resources to which the same happens into one line", () => {
    const services = (image: string): Resources => ({
      google_cloud_run_v2_service: Object.fromEntries(
        ["a", "b", "c", "d", "e"].map((name) => [
          name,
          { name, location: "europe-west1", template: { containers: [{ image }] } },
        ]),
      ),
    });
    expect(words(services("chat:1"), services("chat:2"))).toEqual([
      "5 changed in place",
      "changed   5 google_cloud_run_v2_service: google_cloud_run_v2_service.a, google_cloud_run_v2_service.b, google_cloud_run_v2_service.c and 2 more: " +
        'template.containers.image "chat:1" → "chat:2"',
    ]);
  });

  test("say which of the two is there first when one is replaced", () => {
    const neg = (service_: string, lifecycle: Json): Resources => ({
      [NEG]: { n: { name: `n-${service_}`, region: "europe-west1", cloud_run: { service: service_ }, lifecycle } },
    });
    expect(words(neg("a", {}), neg("b", {}))[1]).toMatch(
      /^replaced .*: name "n-a" → "n-b", cloud_run\.service "a" → "b"; the old one is destroyed first$/,
    );
    expect(words(neg("a", {}), neg("b", CREATED_FIRST.lifecycle))[1]).toMatch(/; the new one is created first$/);
  });

  test("show no environment variable that looks like a secret, and show the others", () => {
    const service = (key: string, model: string): Resources => ({
      google_cloud_run_v2_service: {
        s: {
          location: "europe-west1",
          template: {
            containers: [
              {
                env: [
                  { name: "API_KEY", value: key },
                  { name: "MODEL", value: model },
                ],
              },
            ],
          },
        },
      },
    });
    const text = words(service("hunter2-first", "gemma"), service("hunter2-second", "llama")).join("\n");
    expect(text).not.toContain("hunter2");
    expect(text).toContain("template.containers.env.value (not shown)");
    expect(text).toContain('"gemma" → "llama"');
  });

  test("show no secret", () => {
    const version = (secret_data: string): Resources => ({
      google_secret_manager_secret_version: { v: { secret: "s", secret_data } },
    });
    expect(words(version("hunter1"), version("hunter2")).join("\n")).not.toContain("hunter");
  });

  test("admit where it is not known what a change does", () => {
    const other = (size: number): Resources => ({ aws_instance: { i: { size } } });
    expect(words(other(1), other(2))[1]).toContain("size 1 → 2 (or replaced: not known)");
  });
});

test("the guide lists every remark, and says how bad it is", () => {
  const guide = readFileSync(join(__dirname, "../../docs/change-safety.md"), "utf8");
  const rows = [...guide.matchAll(/^\| `([\w-]+)` \| (danger|note) \|/gm)].map(([, id, level]) => `${level} ${id}`);
  expect(rows.sort()).toEqual(REMARKS.map(({ id, level }) => `${level} ${id}`).sort());
});
