import { TerraformVariable } from "cdktf";
import {
  AnycastFrontend,
  ContainerImage,
  GlobalAiApi,
  ManagedCertificates,
  RemovalPolicy,
  Secret,
  type SelfManagedCertificate,
  SelfManagedCertificates,
  Tls,
} from "../../lib";
import type { TerraformDocument } from "../../lib/topology/document";
import { findingsOf, type Json } from "../rules/rule-support";
import { attributes, dependsOn, only, synth, testStack } from "../support";
import { obstacles, transition } from "../transition-support";
import { CERTIFICATE_PEM } from "./certificate-pem";

const CERTIFICATE = "google_certificate_manager_certificate";
const ENTRY = "google_certificate_manager_certificate_map_entry";
const KEY = "${var.key}";

function certificates(...given: SelfManagedCertificate[]): TerraformDocument {
  const stack = testStack();
  new SelfManagedCertificates(stack, "Certificates", { certificates: given });
  return synth(stack);
}

/** A token that comes out as it stands. */
const own = (domains: string[], certificatePem = CERTIFICATE_PEM, key = "key"): SelfManagedCertificate => {
  const variable = new TerraformVariable(testStack(), key, { type: "string", sensitive: true });
  variable.overrideLogicalId(key);
  return { domains, certificatePem, privateKeyPem: variable.stringValue };
};
const variable = (name: string) => own([], "", name).privateKeyPem!;

function api(tls: Tls): TerraformDocument {
  const stack = testStack();
  new GlobalAiApi(stack, "chat", {
    image: ContainerImage.fromReference("docker.io/acme/chat:1"),
    regions: ["europe-west1", "us-central1"],
    tls,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  return synth(stack);
}

test("uploads each certificate with its key by reference", () => {
  const document = certificates(own(["api.example.com"]));
  const certificate = only(document, CERTIFICATE);
  expect(attributes(certificate)).toEqual({
    name: expect.stringMatching(
      /^test-certificates-api-example-com-[a-z0-9]{6}-\$\{substr\(sha256\(join\(" ", \["[0-9a-f]{64}", var\.key\]\)\), 0, 8\)\}$/,
    ),
    self_managed: { pem_certificate: CERTIFICATE_PEM, pem_private_key: KEY },
  });
  expect(certificate.values.lifecycle).toEqual({ create_before_destroy: true });
  expect(dependsOn(certificate)).toEqual([
    expect.stringMatching(/^google_project_service\.ProjectServices_certificatemanager_/),
  ]);
});

test("one certificate serves all its domains, each by an entry of its own", () => {
  const document = certificates(own(["api.example.com", "*.models.example.com"]), own(["münchen.example"]));
  const [first, second] = document.ofType(CERTIFICATE);
  expect(document.ofType(CERTIFICATE)).toHaveLength(2);
  expect(document.ofType(ENTRY).map(({ values }) => [values.hostname, values.certificates])).toEqual([
    ["api.example.com", [`\${${first!.address}.id}`]],
    ["*.models.example.com", [`\${${first!.address}.id}`]],
    ["xn--mnchen-3ya.example", [`\${${second!.address}.id}`]],
  ]);
});

test("the readable part of the name leaves room for the computed one", () => {
  const stack = testStack();
  new SelfManagedCertificates(stack, "Certificates".repeat(8), { certificates: [own(["api.example.com"])] });
  const { name } = only(synth(stack), CERTIFICATE).values as { name: string };
  expect(name.replace(/\$\{.*}$/, "12345678").length).toBeLessThanOrEqual(63);
});

test("another chain, and another key, give another name", () => {
  const name = (given: SelfManagedCertificate) => only(certificates(given), CERTIFICATE).values.name;
  const names = [
    own(["api.example.com"]),
    own(["api.example.com"], `${CERTIFICATE_PEM}${CERTIFICATE_PEM}`),
    own(["api.example.com"], CERTIFICATE_PEM, "other_key"),
    own(["api.example.com"], variable("chain")),
  ].map(name);
  expect(new Set(names).size).toBe(4);
  expect(name(own(["api.example.com"]))).toBe(names[0]);
});

test("chain and key can come from Secret Manager", () => {
  const stack = testStack();
  new SelfManagedCertificates(stack, "Certificates", {
    certificates: [
      {
        domains: ["api.example.com"],
        certificateSecret: Secret.fromName(stack, "Chain", "tls-chain", { version: "4" }),
        privateKeySecret: Secret.fromName(stack, "Key", "projects/vault/secrets/tls-key"),
      },
    ],
  });
  const document = synth(stack);
  const data = document.resources.filter(({ isData }) => isData);
  expect(data.map(({ type, values }) => [type, values.secret, values.version])).toEqual([
    ["google_secret_manager_secret_version_access", "tls-chain", "4"],
    ["google_secret_manager_secret_version_access", "projects/vault/secrets/tls-key", "latest"],
  ]);
  expect(only(document, CERTIFICATE).values.self_managed).toEqual({
    pem_certificate: `\${${data[0]!.address}.secret_data}`,
    pem_private_key: `\${${data[1]!.address}.secret_data}`,
  });
});

test("a front end serves them, without authorization and its records", () => {
  const stack = testStack();
  const frontend = new AnycastFrontend(stack, "Frontend", {
    urlMap: { urlMapId: "projects/p/global/urlMaps/main" },
    tls: Tls.selfManaged([own(["*.models.example.com", "api.example.com"])], { keepAliveSeconds: 300 }),
  });
  const document = synth(stack);
  const proxy = only(document, "google_compute_target_https_proxy");
  expect(proxy.values.certificate_map).toBe(
    `//certificatemanager.googleapis.com/\${${only(document, "google_certificate_manager_certificate_map").address}.id}`,
  );
  expect(proxy.values.http_keep_alive_timeout_sec).toBe(300);
  expect(dependsOn(proxy)).toEqual(document.ofType(ENTRY).map(({ address }) => address));
  expect(frontend.url).toBe("https://api.example.com");
  expect(frontend.certificates).toBeUndefined();
  expect(frontend.ownCertificates?.certificates).toHaveLength(1);
  expect(frontend.dnsRecords.map(({ name, type }) => `${name} ${type}`)).toEqual([
    "*.models.example.com. A",
    "*.models.example.com. AAAA",
    "api.example.com. A",
    "api.example.com. AAAA",
  ]);
});

describe("changes", () => {
  const path = "chat/Frontend/Certificates/api.example.com";
  const tls = (...given: SelfManagedCertificate[]) => Tls.selfManaged(given);

  test("a renewed certificate is created beside the old one", () => {
    const before = api(tls(own(["api.example.com"])));
    const after = api(tls(own(["api.example.com"], `${CERTIFICATE_PEM}${CERTIFICATE_PEM}`)));
    expect(transition(before, after)).toEqual({
      added: [],
      removed: [],
      changed: [],
      replaced: [`${path}/Certificate`],
    });
    expect(obstacles(before, after)).toEqual([]);
  });

  test("a further certificate leaves the others alone, wherever it stands", () => {
    const before = api(tls(own(["api.example.com"])));
    const after = api(tls(own(["*.models.example.com"]), own(["api.example.com"])));
    const added = ["Certificate", "MapEntry"].map((each) => `chat/Frontend/Certificates/*.models.example.com/${each}`);
    expect(transition(before, after)).toEqual({ added, removed: [], changed: [], replaced: [] });
    expect(transition(after, before)).toEqual({ added: [], removed: added, changed: [], replaced: [] });
    expect([...obstacles(before, after), ...obstacles(after, before)]).toEqual([]);
  });

  test("to and from managed certificates the map stays, its entry points at the new certificate before the old one goes; a managed one has to be issued first", () => {
    const [managed, given] = [api(Tls.managed(["api.example.com"])), api(tls(own(["api.example.com"])))];
    const authorization = "chat/Frontend/Certificates/DnsAuthorization api.example.com";
    const replaced = [`${path}/Certificate`];
    expect(transition(managed, given)).toEqual({ added: [], removed: [authorization], changed: [], replaced });
    expect(transition(given, managed)).toEqual({ added: [authorization], removed: [], changed: [], replaced });
    expect(obstacles(managed, given)).toEqual([]);
    expect(obstacles(given, managed)).toEqual([`certificate-gap: ${path}/Certificate`]);
  });
});

test("the rulebook finds nothing in the certificates", () => {
  const document = certificates(own(["api.example.com", "*.models.example.com"]));
  expect(findingsOf(document.json as Json)).toEqual([]);
});

const WHERE = "[test/Certificates] certificate of api.example.com:";

test("fails for a private key as literal, and keeps it out of the message", () => {
  const privateKeyPem = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n";
  const attempt = () => certificates({ domains: ["api.example.com"], certificatePem: CERTIFICATE_PEM, privateKeyPem });
  expect(attempt).toThrow(
    `${WHERE} got "a private key as literal", allowed is privateKeySecret, or a reference as privateKeyPem; keep the key in Secret Manager and pass privateKeySecret, or pass a sensitive TerraformVariable's stringValue`,
  );
  expect(attempt).toThrow(expect.not.objectContaining({ message: expect.stringContaining("MIGH") }));
});

test.each<[string, Partial<SelfManagedCertificate>]>([
  ["no private key", { privateKeyPem: undefined }],
  ["a private key twice", { privateKeySecret: Secret.fromName(testStack(), "K", "k") }],
])("fails for %s", (got, options) => {
  expect(() => certificates({ ...own(["api.example.com"]), ...options })).toThrow(
    `${WHERE} got "${got}", allowed is privateKeySecret, or a reference as privateKeyPem; give one of the two`,
  );
});

test.each<[string, Partial<SelfManagedCertificate>]>([
  ["no chain", { certificatePem: undefined }],
  ["a chain twice", { certificateSecret: Secret.fromName(testStack(), "C", "c") }],
])("fails for %s", (got, options) => {
  expect(() => certificates({ ...own(["api.example.com"]), ...options })).toThrow(
    `${WHERE} got "${got}", allowed is certificatePem or certificateSecret; give one of the two`,
  );
});

test("fails for a chain with a private key in it, and keeps it out of the message", () => {
  const attempt = () =>
    certificates(own(["api.example.com"], `${CERTIFICATE_PEM}-----BEGIN EC PRIVATE KEY-----\nMHcC`));
  expect(attempt).toThrow(`${WHERE} got "a chain with a private key in it", allowed is certificates only`);
  expect(attempt).toThrow(expect.not.objectContaining({ message: expect.stringContaining("MHcC") }));
});

test.each(["certs/api.pem", ""])("fails for the chain %p, which is no certificate", (pem) => {
  expect(() => certificates(own(["api.example.com"], pem))).toThrow(
    `${WHERE} got "no certificate", allowed is a chain in PEM format: -----BEGIN CERTIFICATE-----; pass the file's content, not its path`,
  );
});

test.each(["www.example.com", "*.example.com", "models.example.com", "a.b.models.example.com"])(
  "fails for %s, which the certificate does not cover",
  (domain) => {
    expect(() => certificates(own(["api.example.com", domain]))).toThrow(
      `${WHERE} got "${domain}, with a certificate for DNS:api.example.com, DNS:*.models.example.com, DNS:xn--mnchen-3ya.example"`,
    );
  },
);

test("takes a name below a wildcard of the certificate", () => {
  expect(() => certificates(own(["gemma.models.example.com"]))).not.toThrow();
});

test("fails for a domain in two certificates, and for a certificate without domains", () => {
  expect(() => certificates(own(["api.example.com"]), own(["API.example.com"]))).toThrow(
    '[test/Certificates] domains: got "api.example.com", allowed is each value once',
  );
  expect(() => certificates(own(["api.example.com"]), own([]))).toThrow(
    "[test/Certificates] domains: got [], allowed is at least one domain for each certificate",
  );
  expect(() => certificates()).toThrow("[test/Certificates] domains: got []");
});

describe("length of a domain", () => {
  const domain = (length: number) => `${"a".repeat(40)}.${"b".repeat(length - 49)}.example`;
  const managed = (name: string) => () => new ManagedCertificates(testStack(), "Certificates", { domains: [name] });

  test("up to 64 characters Google manages its certificate, wildcard included", () => {
    for (const name of [domain(64), `*.${domain(62)}`]) {
      expect(name).toHaveLength(64);
      expect(managed(name)).not.toThrow();
    }
  });

  test.each([domain(65), `*.${domain(63)}`])("fails for %s with managed certificates", (name) => {
    expect(managed(name)).toThrow(
      `[test/Certificates] domains: got "${name}", allowed is at most 64 characters, in ASCII, for a certificate that Google manages; this one has 65`,
    );
  });

  test("is up to 253 characters with certificates of one's own, and with a given map", () => {
    const long = `${"a.".repeat(122)}example`;
    expect(Tls.certificateMap("projects/p/locations/global/certificateMaps/m", [long])._domains(testStack())).toEqual([
      long,
    ]);
    expect(Tls.selfManaged([own([long], variable("chain"))])._domains(testStack())).toEqual([long]);
    expect(() => Tls.selfManaged([own([`aa${long}`], variable("chain"))])._domains(testStack())).not.toThrow();
    expect(() => Tls.selfManaged([own([`aaa${long}`])])._domains(testStack())).toThrow("at most 253 characters");
  });
});
