import { ComputeRegionInstanceTemplate } from "@cdktf/provider-google/lib/compute-region-instance-template";
import { GoogleProvider, type GoogleProviderConfig } from "@cdktf/provider-google/lib/provider";
import { Fn, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { Construct } from "constructs";
import { interpolationsIn } from "../../../lib/region/instance-group/interpolations";
import { templateName } from "../../../lib/region/instance-group/template-name";

interface Setup {
  readonly machineType?: string;
  readonly labels?: { [key: string]: string };
  readonly metadata?: { [key: string]: string };
  /** Metadata made of a variable. */
  readonly variable?: (value: string) => string;
  readonly provider?: Partial<GoogleProviderConfig>;
  readonly override?: boolean;
  readonly path?: string;
}

function name({ path = "chat", provider, variable, override, ...config }: Setup = {}): string {
  const stack = new TerraformStack(Testing.app(), "test");
  new GoogleProvider(stack, "Google", { project: "p", ...provider });
  const digest = new TerraformVariable(stack, "Digest", {}).stringValue;
  const where = new Construct(stack, path);
  const template: ComputeRegionInstanceTemplate = new ComputeRegionInstanceTemplate(where, "Template", {
    name: templateName(where, () => template),
    machineType: "n2-standard-4",
    disk: [{ sourceImage: "cos" }],
    metadata: variable && { image: variable(digest) },
    ...config,
  });
  if (override) template.addOverride("scheduling.on_host_maintenance", "TERMINATE");
  const { resource } = JSON.parse(Testing.synth(stack));
  const [block] = Object.values<{ name: string }>(resource.google_compute_region_instance_template);
  return block!.name;
}

test("equal inputs give equal names, in any order", () => {
  expect(name()).toBe(name());
  expect(name({ labels: { a: "1", b: "2" } })).toBe(name({ labels: { b: "2", a: "1" } }));
  expect(name()).toMatch(/^test-chat-[a-z0-9]{6}$/);
});

test("whatever replaces a template changes its name, the provider's labels and overrides too", () => {
  const names = [
    name(),
    name({ path: "other" }),
    name({ machineType: "n2-standard-8" }),
    name({ labels: { a: "1" } }),
    name({ metadata: { image: "a" } }),
    name({ provider: { defaultLabels: { team: "chat" } } }),
    name({ override: true }),
    name({ provider: { terraformAttributionLabelAdditionStrategy: "PROACTIVE" } }),
  ];
  expect(new Set(names).size).toBe(names.length);
});

test("what makes no other template makes no other name", () => {
  expect(name({ provider: { defaultLabels: { a: "1" } } })).toBe(name({ labels: { a: "1" } }));
  expect(name({ provider: { defaultLabels: { a: "1" } }, labels: { a: "2" } })).toBe(name({ labels: { a: "2" } }));
  expect(name({ provider: { terraformAttributionLabelAdditionStrategy: "CREATION_ONLY" } })).toBe(name());
  expect(name({ provider: { region: "europe-west1" } })).toBe(name());
});

test("Terraform hashes what only it knows", () => {
  const computed = name({ variable: (digest) => `acme/chat@${digest}` });
  expect(computed).toMatch(/^test-chat-[a-z0-9]{6}-\$\{substr\(sha256\(jsonencode\(\[var\.Digest\]\)\), 0, 8\)\}$/);
  expect(name({ variable: (digest) => `acme/chat@${digest}`, path: "x".repeat(80) }).indexOf("-${")).toBe(54);
  expect(name({ variable: (digest) => `acme/talk@${digest}` })).not.toBe(computed);
  expect(name({ variable: (digest) => Fn.upper(digest) })).toContain("jsonencode([upper(var.Digest)])");
});

test.each([
  ["plain $text}", []],
  ["$${not.this} but ${this.one}", ["this.one"]],
  ["${a.b}-${c.d}", ["a.b", "c.d"]],
  ['${f("}", { x = "a\\"}" })}', ['f("}", { x = "a\\"}" })']],
  ['${f("in ${g({})} text")}.', ['f("in ${g({})} text")']],
  ["100 %%{ and ${a.b}", ["a.b"]],
  ["%{ if a.b }x%{ endif }", ['"%{ if a.b }x%{ endif }"']],
] as [string, string[]][])("expressions in %s", (text, expected) => {
  expect(interpolationsIn(text)).toEqual(expected);
});
